package dev.sconce.config;

import dev.sconce.sagemaker.SageMakerSettings;
import dev.sconce.tensor.TensorHandlers;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The variables that SageMaker, and those who deploy to it, set for its PyTorch containers. They
 * count in a container only: what a laptop's environment holds is no word to {@code torchserve}.
 *
 * <p>Who wins, first to last: a model's own {@code model-config.yaml}, the key {@code models},
 * {@code SAGEMAKER_TS_*}, {@code TS_<KEY>}, the other {@code SAGEMAKER_*}, the file. That is how
 * SageMaker's own container comes out, which writes the former into {@code models} and the latter
 * into a file, and lets TorchServe read {@code TS_<KEY>}.
 */
final class SageMakerKeys {
  /** A MiB more than any array has makes no sense. */
  private static final int MOST_MEGABYTES = 2047;

  /** What SageMaker lets a batch transform have at most, and here stands for any size. */
  private static final int ANY_SIZE_MEGABYTES = 100;

  private static final int BYTES_PER_MEGABYTE = 1 << 20;
  private static final String PORT = "SAGEMAKER_BIND_TO_PORT";
  private static final String PAYLOAD = "SAGEMAKER_MAX_PAYLOAD_IN_MB";
  private static final String TIMEOUT_KEY = "default_response_timeout";

  /** What holds in a container and nowhere else, unless a configuration says otherwise. */
  static final Map<String, String> DEFAULTS =
      Map.of(
          "inference_address", "http://0.0.0.0:8080",
          "metrics_address", "http://0.0.0.0:8082",
          "default_startup_timeout", "600",
          "drain_timeout", "20");

  private final KeyReader keys;

  private SageMakerKeys(KeyReader keys) {
    this.keys = keys;
  }

  /** Has variables stand in for keys; to be called before any key is read. */
  static void standIn(KeyReader keys, int mostWorkers) {
    new SageMakerKeys(keys).standIn(mostWorkers);
  }

  private void standIn(int mostWorkers) {
    same("SAGEMAKER_MODEL_SERVER_WORKERS", "default_workers_per_model", 0, mostWorkers);
    seconds("SAGEMAKER_MODEL_SERVER_TIMEOUT", TIMEOUT_KEY);
    seconds("SAGEMAKER_MODEL_SERVER_TIMEOUT_SECONDS", TIMEOUT_KEY);
    seconds("SAGEMAKER_STARTUP_TIMEOUT", "default_startup_timeout");
    port().ifPresent(port -> keys.standIn("inference_address", PORT, "http://0.0.0.0:" + port));
    payload()
        .ifPresent(
            megabytes ->
                keys.standIn(
                    "max_request_size",
                    PAYLOAD,
                    Long.toString(
                        (long) BYTES_PER_MEGABYTE
                            * (megabytes == 0 ? ANY_SIZE_MEGABYTES : megabytes))));
  }

  /**
   * A variable that means what a key means, in the same unit. What is wrong is told even where
   * another variable wins.
   */
  private void same(String variable, String key, int least, int most) {
    keys.variableInteger(variable, least, most)
        .ifPresent(value -> keys.standIn(key, variable, Integer.toString(value)));
  }

  /** The same in seconds. */
  private void seconds(String variable, String key) {
    same(variable, key, 1, Integer.MAX_VALUE);
  }

  private OptionalInt port() {
    return keys.variableInteger(PORT, 1, 65_535);
  }

  private OptionalInt payload() {
    return keys.variableInteger(PAYLOAD, 0, MOST_MEGABYTES);
  }

  /** What is neither a key's nor a model's. */
  static SageMakerSettings read(KeyReader keys, Overrides overrides) {
    return overrides.container().isEmpty()
        ? new SageMakerSettings(false, overrides.sageMakerLocal())
        : new SageMakerKeys(keys).settings(overrides);
  }

  private SageMakerSettings settings(Overrides overrides) {
    return new SageMakerSettings(
        flag("SAGEMAKER_MULTI_MODEL"),
        overrides.sageMakerLocal(),
        flag("SAGEMAKER_BATCH"),
        batchStrategy(),
        keys.variableInteger("SAGEMAKER_MAX_CONCURRENT_TRANSFORMS", 1, Integer.MAX_VALUE),
        payload(),
        defaultAccept());
  }

  private Optional<String> defaultAccept() {
    String variable = "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT";
    Optional<String> value = keys.variable(variable);
    value
        .filter(text -> !TensorHandlers.answerIn(text))
        .ifPresent(text -> keys.fault(variable, text, TensorHandlers.forms()));
    return value;
  }

  private Optional<String> batchStrategy() {
    String variable = "SAGEMAKER_BATCH_STRATEGY";
    Optional<String> value = keys.variable(variable);
    Optional<String> known = value.filter(text -> text.matches("(SINGLE|MULTI)_RECORD"));
    if (known.isEmpty()) {
      value.ifPresent(text -> keys.fault(variable, text, "SINGLE_RECORD or MULTI_RECORD"));
    }
    return known;
  }

  /** SageMaker itself writes {@code true} and {@code True}. */
  private boolean flag(String variable) {
    Optional<String> value = keys.variable(variable);
    value
        .filter(text -> !text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false"))
        .ifPresent(text -> keys.fault(variable, text, "true or false"));
    return value.filter("true"::equalsIgnoreCase).isPresent();
  }
}
