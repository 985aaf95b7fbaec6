package dev.sconce.config;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongFunction;

/**
 * The five {@code SAGEMAKER_TS_*}, which hold for each model that is served from the start, unless
 * it says otherwise itself. Other than SageMaker's own container, one that is set does not set the
 * other four to 1, 1 and so on.
 *
 * @param batchSize 1 or more
 * @param maxBatchDelay in the variable in milliseconds
 * @param minWorkers 1 or more
 * @param maxWorkers not below {@code minWorkers}, which is 1 if it is not given
 * @param responseTimeout in the variable in seconds
 */
record SingleModelValues(
    OptionalInt batchSize,
    Optional<Duration> maxBatchDelay,
    OptionalInt minWorkers,
    OptionalInt maxWorkers,
    Optional<Duration> responseTimeout) {
  /** None is set. */
  static final SingleModelValues NONE =
      new SingleModelValues(
          OptionalInt.empty(),
          Optional.empty(),
          OptionalInt.empty(),
          OptionalInt.empty(),
          Optional.empty());

  static SingleModelValues read(KeyReader keys, int mostWorkers) {
    OptionalInt least = keys.variableInteger("SAGEMAKER_TS_MIN_WORKERS", 1, mostWorkers);
    OptionalInt most =
        keys.variableInteger("SAGEMAKER_TS_MAX_WORKERS", least.orElse(1), mostWorkers);
    return new SingleModelValues(
        keys.variableInteger("SAGEMAKER_TS_BATCH_SIZE", 1, Integer.MAX_VALUE),
        duration(keys, "SAGEMAKER_TS_MAX_BATCH_DELAY", 0, Duration::ofMillis),
        least.isEmpty() && most.isPresent() ? OptionalInt.of(1) : least,
        most,
        duration(keys, "SAGEMAKER_TS_RESPONSE_TIMEOUT", 1, Duration::ofSeconds));
  }

  private static Optional<Duration> duration(
      KeyReader keys, String variable, int least, LongFunction<Duration> unit) {
    return keys.variableInteger(variable, least, Integer.MAX_VALUE).stream()
        .mapToObj(unit::apply)
        .findFirst();
  }
}
