package dev.sconce.handler;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The moment after which nobody waits for an answer any more.
 *
 * <p>Measured on a clock that only runs forward, so that a change of the system's time does not
 * matter.
 */
public final class Deadline {
  private final LongSupplier nanoClock;
  private final long atNanos;

  private Deadline(LongSupplier nanoClock, long atNanos) {
    this.nanoClock = nanoClock;
    this.atNanos = atNanos;
  }

  /**
   * The moment that comes {@code timeLeft} after now.
   *
   * @param nanoClock {@code System::nanoTime}, or a test's own
   */
  public static Deadline after(Duration timeLeft, LongSupplier nanoClock) {
    return new Deadline(nanoClock, nanoClock.getAsLong() + timeLeft.toNanos());
  }

  /** How long there is left; zero once the moment has passed. */
  public Duration timeLeft() {
    return Duration.ofNanos(Math.max(0, atNanos - nanoClock.getAsLong()));
  }

  /** Whether the moment has passed. */
  public boolean hasPassed() {
    return atNanos - nanoClock.getAsLong() <= 0;
  }
}
