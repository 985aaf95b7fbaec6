package dev.sconce.model;

import java.time.Duration;
import java.util.Optional;

/**
 * What a register call asks for; what it leaves open is decided by the model's own configuration,
 * then by the server's.
 *
 * @param url a file or directory of the model store, or a URL
 * @param modelName another name than the archive's
 * @param handler a built-in handler, or a class in the archive's jars
 * @param runtime another language than the manifest's to be described with: nothing is run in it
 * @param batchSize the most requests one inference takes
 * @param maxBatchDelay how long the first request of a batch waits for others
 * @param initialWorkers how many workers to start
 * @param responseTimeout how long a caller waits for an answer
 * @param startupTimeout how long the model may take to load
 * @param signed whether the request for a URL is to be signed for S3
 * @param origin who asks
 */
public record Registration(
    String url,
    Optional<String> modelName,
    Optional<String> handler,
    Optional<String> runtime,
    Optional<Integer> batchSize,
    Optional<Duration> maxBatchDelay,
    Optional<Integer> initialWorkers,
    Optional<Duration> responseTimeout,
    Optional<Duration> startupTimeout,
    boolean signed,
    Origin origin) {

  /** Who asks that a model be registered. */
  public enum Origin {
    /** A caller of the management API. */
    CALLER,
    /** The server's own start. */
    START,
    /** The same, from what was in service before: its numbers win over the model's own. */
    SNAPSHOT
  }

  /** Registers {@code url} when the server starts, everything else as configured. */
  public static Registration atStartup(String url, Optional<String> modelName) {
    return new Registration(
        url,
        modelName,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        Origin.START);
  }

  /** The same under another URL. */
  Registration withUrl(String other) {
    return new Registration(
        other,
        modelName,
        handler,
        runtime,
        batchSize,
        maxBatchDelay,
        initialWorkers,
        responseTimeout,
        startupTimeout,
        signed,
        origin);
  }
}
