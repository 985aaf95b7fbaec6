package dev.sconce.model;

import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says which of TorchServe's keys in a {@code model-config.yaml} mean nothing here, and why. */
final class UnusedKeys {
  private static final Logger log = LoggerFactory.getLogger(UnusedKeys.class);

  private static final String ONE_PROCESS = "a model runs whole, in threads of this process";
  private static final String NO_PYTHON = "no Python runs here";
  private static final String STATELESS = "each request stands for itself";

  /** Keys of {@code ModelConfig.java} and why they are passed over. */
  private static final Map<String, String> REASONS =
      Map.ofEntries(
          Map.entry("parallelType", ONE_PROCESS),
          Map.entry("parallelLevel", ONE_PROCESS),
          Map.entry("torchrun", ONE_PROCESS),
          Map.entry("pippy", ONE_PROCESS),
          Map.entry("asyncCommunication", ONE_PROCESS),
          Map.entry("useVenv", NO_PYTHON),
          Map.entry("pt2", NO_PYTHON),
          Map.entry("continuousBatching", STATELESS),
          Map.entry("sequenceBatching", STATELESS),
          Map.entry("sequenceMaxIdleMSec", STATELESS),
          Map.entry("sequenceTimeoutMSec", STATELESS),
          Map.entry("maxNumSequence", STATELESS),
          Map.entry("maxSequenceJobQueueSize", STATELESS));

  private UnusedKeys() {}

  /** Logs a line for each such key of a model's configuration. */
  static void report(String url, Map<String, Object> values) {
    new TreeMap<>(REASONS)
        .forEach(
            (key, reason) -> {
              if (values.containsKey(key)) {
                log.info("{}: model-config.yaml: {} is not used: {}", url, key, reason);
              }
            });
  }
}
