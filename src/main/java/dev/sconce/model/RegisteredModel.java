package dev.sconce.model;

import java.time.Duration;
import java.util.Optional;

/**
 * A model version that came into service, as far as it takes to bring it there again.
 *
 * @param key name and version
 * @param isDefault whether requests get it that name no version
 * @param url what it was opened as: a file or directory of the model store
 * @param handler the handler that the register call named
 * @param minWorkers how many workers there are to be at least
 * @param maxWorkers how many there may be at most
 * @param batchSize the most requests one inference takes
 * @param maxBatchDelay how long the first request of a batch waits for others
 * @param responseTimeout how long a caller waits for an answer
 * @param startupTimeout how long the model may take to load
 * @param runtime the handler's language, as the call or else the manifest has it
 */
public record RegisteredModel(
    ModelKey key,
    boolean isDefault,
    String url,
    Optional<String> handler,
    int minWorkers,
    int maxWorkers,
    int batchSize,
    Duration maxBatchDelay,
    Duration responseTimeout,
    Duration startupTimeout,
    String runtime) {

  /** The call that brings it into service again, with {@code minWorkers} workers. */
  public Registration registration() {
    return new Registration(
        url,
        Optional.of(key.name()),
        handler,
        Optional.of(runtime),
        Optional.of(batchSize),
        Optional.of(maxBatchDelay),
        Optional.of(minWorkers),
        Optional.of(responseTimeout),
        Optional.of(startupTimeout),
        false,
        Registration.Origin.SNAPSHOT);
  }
}
