package dev.sconce.archive;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code model-config.yaml} says. The typed components are the keys TorchServe's front end
 * reads ({@code ModelConfig.java}), with its names and units; an absent key is empty, and what then
 * holds is for others to decide.
 *
 * @param values the file's whole top level, for the handler: maps with text keys, lists, text,
 *     booleans and numbers
 * @param handler {@code handler}, if it is a text; TorchServe's own examples keep a map of handler
 *     options under that key, which is in {@code values} only
 * @param minWorkers {@code minWorkers}, 1 or more
 * @param maxWorkers {@code maxWorkers}, not below {@code minWorkers}
 * @param batchSize {@code batchSize}, 1 or more
 * @param maxBatchDelay {@code maxBatchDelay}, in the file in milliseconds
 * @param responseTimeout {@code responseTimeout}, in the file in seconds
 * @param startupTimeout {@code startupTimeout}, in the file in seconds
 * @param deviceType {@code deviceType}
 * @param deviceIds {@code deviceIds}, the GPUs that may be used; empty for any
 * @param jobQueueSize {@code jobQueueSize}, 1 or more
 * @param clientTimeout {@code clientTimeoutInMills}; zero for none
 * @param maxRetryTimeout the key of this name with {@code InSec} behind it
 * @param useJobTicket {@code useJobTicket}
 */
public record ModelConfig(
    Map<String, Object> values,
    Optional<String> handler,
    Optional<Integer> minWorkers,
    Optional<Integer> maxWorkers,
    Optional<Integer> batchSize,
    Optional<Duration> maxBatchDelay,
    Optional<Duration> responseTimeout,
    Optional<Duration> startupTimeout,
    Optional<DeviceType> deviceType,
    List<Integer> deviceIds,
    Optional<Integer> jobQueueSize,
    Optional<Duration> clientTimeout,
    Optional<Duration> maxRetryTimeout,
    Optional<Boolean> useJobTicket) {
  /** The name an archive's configuration has if its manifest names none. */
  public static final String FILE = "model-config.yaml";

  /** What an archive without a configuration says. */
  public static final ModelConfig EMPTY = of("", Map.of());

  /** Where a model may run. */
  public enum DeviceType {
    /** The processor. */
    CPU,
    /** A GPU. */
    GPU
  }

  /** Copies the list; the map is the reader's own and cannot be changed. */
  public ModelConfig {
    deviceIds = List.copyOf(deviceIds);
  }

  /**
   * Reads a configuration.
   *
   * @param file the archive and the file in it, for messages
   * @throws ServingException with {@link ErrorCode#INVALID_MODEL}; TorchServe warns of a wrong
   *     value and goes on without it
   */
  static ModelConfig parse(String file, byte[] yaml) {
    return of(file, PlainYaml.parse(file, yaml));
  }

  private static ModelConfig of(String file, Map<String, Object> values) {
    Faults faults = new Faults(file);
    ConfigKeys keys = new ConfigKeys(values, faults);
    Optional<Integer> minWorkers = keys.integer("minWorkers", 1);
    ModelConfig config =
        new ModelConfig(
            values,
            keys.handler(),
            minWorkers,
            keys.integer("maxWorkers", minWorkers.orElse(1)),
            keys.integer("batchSize", 1),
            keys.integer("maxBatchDelay", 0).map(Duration::ofMillis),
            keys.integer("responseTimeout", 1).map(Duration::ofSeconds),
            keys.integer("startupTimeout", 1).map(Duration::ofSeconds),
            keys.deviceType(),
            keys.deviceIds(),
            keys.integer("jobQueueSize", 1),
            keys.integer("clientTimeoutInMills", 0).map(Duration::ofMillis),
            keys.integer("maxRetryTimeoutInSec", 0).map(Duration::ofSeconds),
            keys.flag("useJobTicket"));
    faults.throwIfAny();
    return config;
  }
}
