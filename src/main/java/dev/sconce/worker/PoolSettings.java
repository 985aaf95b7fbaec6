package dev.sconce.worker;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Device;
import java.time.Duration;
import java.util.List;

/**
 * How one model version is served.
 *
 * @param batchSize the most requests one inference takes
 * @param maxBatchDelay how long the first request of a batch waits for others
 * @param queueCapacity the most requests that wait; one more is refused
 * @param onlyIdleWorkers whether a request is refused, too, that no idle worker could take at once
 * @param timeouts how long things may take
 * @param devices where workers compute; they are dealt out in turn
 */
public record PoolSettings(
    int batchSize,
    Duration maxBatchDelay,
    int queueCapacity,
    boolean onlyIdleWorkers,
    Timeouts timeouts,
    List<Device> devices) {

  /** Checks the ranges; throws {@code BAD_REQUEST} naming the value and what was expected. */
  public PoolSettings {
    require(batchSize >= 1, "batch_size: " + batchSize + " (expected: >= 1)");
    require(!maxBatchDelay.isNegative(), "max_batch_delay: negative (expected: >= 0 ms)");
    require(queueCapacity >= 1, "job_queue_size: " + queueCapacity + " (expected: >= 1)");
    devices = List.copyOf(devices);
    if (devices.isEmpty()) {
      throw new IllegalArgumentException("devices: none (expected: at least one)");
    }
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new ServingException(ErrorCode.BAD_REQUEST, message);
    }
  }
}
