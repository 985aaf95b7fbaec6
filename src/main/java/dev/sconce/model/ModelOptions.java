package dev.sconce.model;

import java.time.Duration;
import java.util.Optional;

/**
 * What the server's configuration says of one model version ({@code models=}): it gives way to the
 * register call and to the model's own configuration, and wins over what holds for every model.
 *
 * @param minWorkers how many workers to start
 * @param maxWorkers how many there may be
 * @param batchSize the most requests one inference takes
 * @param maxBatchDelay how long the first request of a batch waits for others
 * @param responseTimeout how long a caller waits for an answer
 * @param startupTimeout how long the model may take to load
 */
public record ModelOptions(
    Optional<Integer> minWorkers,
    Optional<Integer> maxWorkers,
    Optional<Integer> batchSize,
    Optional<Duration> maxBatchDelay,
    Optional<Duration> responseTimeout,
    Optional<Duration> startupTimeout) {
  /** Nothing said. */
  public static final ModelOptions NONE =
      new ModelOptions(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
}
