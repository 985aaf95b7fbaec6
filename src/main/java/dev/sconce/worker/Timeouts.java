package dev.sconce.worker;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.time.Duration;

/**
 * How long what a model does may take.
 *
 * @param response a batch, from its start, and a caller's wait, in the queue and out of it
 * @param startup opening a handler
 * @param client a caller's wait, if that is to be shorter; zero if not
 * @param retryWindow how long after its first failure a worker is restarted
 */
public record Timeouts(Duration response, Duration startup, Duration client, Duration retryWindow) {

  /** Checks the ranges; throws {@code BAD_REQUEST} naming the value and what was expected. */
  public Timeouts {
    requirePositive("response_timeout", response);
    requirePositive("startup_timeout", startup);
    if (client.isNegative() || retryWindow.isNegative()) {
      throw new IllegalArgumentException("a negative time (expected: >= 0)");
    }
  }

  private static void requirePositive(String name, Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new ServingException(
          ErrorCode.BAD_REQUEST, name + ": " + timeout.toSeconds() + " (expected: >= 1 s)");
    }
  }

  /** How long a caller waits for an answer. */
  public Duration patience() {
    return client.isZero() || client.compareTo(response) > 0 ? response : client;
  }
}
