package dev.sconce.model;

import dev.sconce.handler.Device;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What there is to say of one model version at one moment.
 *
 * @param key name and version
 * @param url what it was registered as
 * @param runtime the handler's language, as the call or else the manifest has it
 * @param minWorkers how many workers there are to be at least
 * @param maxWorkers how many there may be at most
 * @param batchSize the most requests one inference takes
 * @param maxBatchDelay how long the first request of a batch waits for others
 * @param responseTimeout how long a caller waits for an answer
 * @param startupTimeout how long the model may take to load
 * @param maxRetryTimeout how long after its first failure a worker is started anew
 * @param clientTimeout how long a caller waits, if that is to be shorter; zero if not
 * @param useJobTicket whether requests are refused that no idle worker could take at once
 * @param devices where workers compute
 * @param loadedAtStartup whether the server's own start registered it
 * @param workers each worker, the oldest first
 * @param queueCapacity the most requests that wait
 * @param pendingRequests how many requests wait
 * @param handler who serves
 * @param failure why workers are missing for good
 */
public record ModelDescription(
    ModelKey key,
    String url,
    String runtime,
    int minWorkers,
    int maxWorkers,
    int batchSize,
    Duration maxBatchDelay,
    Duration responseTimeout,
    Duration startupTimeout,
    Duration maxRetryTimeout,
    Duration clientTimeout,
    boolean useJobTicket,
    List<Device> devices,
    boolean loadedAtStartup,
    List<Worker> workers,
    int queueCapacity,
    int pendingRequests,
    ServingHandler handler,
    Optional<String> failure) {

  /**
   * One worker.
   *
   * @param id unique in the server
   * @param startTime when it was started
   * @param state {@code LOADING}, {@code READY} or {@code UNLOADING}
   * @param device where it computes
   */
  public record Worker(int id, Instant startTime, String state, Device device) {}

  /**
   * The handler.
   *
   * @param name built in, or a class
   * @param notRun the archive's own handler that this one stands in for
   * @param facts what the handler says of itself; empty until a worker is ready
   */
  public record ServingHandler(String name, Optional<String> notRun, Map<String, Object> facts) {}
}
