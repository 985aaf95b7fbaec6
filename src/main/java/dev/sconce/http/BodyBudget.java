package dev.sconce.http;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what all bodies take that are on their way to one server, so that a few large ones at a
 * time do not end other connections for want of memory. Safe from any thread.
 */
final class BodyBudget {
  private final long mostBytes;
  private final AtomicLong takenBytes = new AtomicLong();

  /** One of so many bytes. */
  BodyBudget(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /**
   * Half of what Netty may have by default, which is as much as Java's heap may; but always one
   * body of the largest size there is.
   */
  static BodyBudget of(HttpSettings settings) {
    return new BodyBudget(Math.max(Runtime.getRuntime().maxMemory() / 2, settings.maxBodyBytes()));
  }

  /**
   * Takes room for a piece.
   *
   * @throws ServingException {@code OUT_OF_MEMORY} if there is none
   */
  void take(int bytes) {
    long taken = takenBytes.addAndGet(bytes);
    if (taken > mostBytes) {
      giveBack(bytes);
      throw new ServingException(
          ErrorCode.OUT_OF_MEMORY,
          "out of memory: %d bytes of requests' bodies are on their way (expected: at most %d)"
              .formatted(taken, mostBytes));
    }
  }

  /** Gives room back. */
  void giveBack(long bytes) {
    takenBytes.addAndGet(-bytes);
  }
}
