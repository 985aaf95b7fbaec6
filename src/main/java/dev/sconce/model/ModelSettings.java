package dev.sconce.model;

import dev.sconce.envelope.Envelope;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What holds for a model when neither the register call nor its own configuration says otherwise.
 *
 * @param defaultWorkers workers of a model; empty for one on each GPU, or on each core if there is
 *     no GPU, when a model is loaded at start, and none when it is registered later
 * @param maxWorkers how many a model may have; empty for as many as it starts with
 * @param batchSize the most requests one inference takes
 * @param maxBatchDelay how long the first request of a batch waits for others
 * @param queueCapacity the most requests that wait
 * @param responseTimeout how long a caller waits for an answer
 * @param startupTimeout how long a model may take to load
 * @param unregisterTimeout how long a model's last requests may take when it is unregistered
 * @param handler the handler of archives that name none
 * @param envelope what requests and answers of every model are wrapped in
 * @param strictHandlers whether an archive whose own handler would have to be replaced is refused
 * @param downloadedJars whether handlers in jars of downloaded archives are run
 * @param perModel what holds for single models instead
 */
public record ModelSettings(
    OptionalInt defaultWorkers,
    OptionalInt maxWorkers,
    int batchSize,
    Duration maxBatchDelay,
    int queueCapacity,
    Duration responseTimeout,
    Duration startupTimeout,
    Duration unregisterTimeout,
    Optional<String> handler,
    Optional<Envelope> envelope,
    boolean strictHandlers,
    boolean downloadedJars,
    Map<ModelKey, ModelOptions> perModel) {

  /** TorchServe's defaults. */
  public static ModelSettings defaults() {
    Duration twoMinutes = Duration.ofMinutes(2);
    return new ModelSettings(
        OptionalInt.empty(),
        OptionalInt.empty(),
        1,
        Duration.ofMillis(100),
        100,
        twoMinutes,
        twoMinutes,
        twoMinutes,
        Optional.empty(),
        Optional.empty(),
        false,
        false,
        Map.of());
  }

  /** Checks the range, copies the map. */
  public ModelSettings {
    if (defaultWorkers.orElse(0) < 0) {
      throw new IllegalArgumentException("defaultWorkers: negative (expected: >= 0)");
    }
    perModel = Map.copyOf(perModel);
  }
}
