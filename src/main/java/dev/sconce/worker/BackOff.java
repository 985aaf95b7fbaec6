package dev.sconce.worker;

import java.time.Duration;
import java.util.Optional;

/**
 * How long to wait before a worker that failed is started anew: TorchServe's pauses ({@code
 * WorkerThread.java}, {@code BACK_OFF}; its first, 0, is never used there either).
 *
 * <p>Belongs to the crew's lock.
 */
final class BackOff {
  private static final int[] PAUSES_SECONDS = {
    1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597
  };

  private final Duration window;
  private int failures;
  private long firstFailureNanos;

  /**
   * For one worker.
   *
   * @param window how long after the first failure in a row it is tried again
   */
  BackOff(Duration window) {
    this.window = window;
  }

  /** The pause after a failure; empty if the worker is to be given up. */
  Optional<Duration> pauseAfterFailure(long nowNanos) {
    if (failures == 0) {
      firstFailureNanos = nowNanos;
    } else if (nowNanos - firstFailureNanos > window.toNanos()) {
      return Optional.empty();
    }
    int pause = PAUSES_SECONDS[Math.min(failures, PAUSES_SECONDS.length - 1)];
    failures++;
    return Optional.of(Duration.ofSeconds(pause));
  }

  /** The worker serves again. */
  void reset() {
    failures = 0;
  }
}
