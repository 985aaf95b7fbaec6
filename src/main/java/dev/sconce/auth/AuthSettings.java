package dev.sconce.auth;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Of whom a token is asked.
 *
 * @param asked of whom
 * @param expiry how long the keys of the inference and the management API hold; more than 0
 * @param keyFile where the keys are written for those who are to send them
 */
public record AuthSettings(Asked asked, Duration expiry, Path keyFile) {
  /** TorchServe's expiry. */
  public static final Duration DEFAULT_EXPIRY = Duration.ofMinutes(60);

  /** Of whom a token is asked. */
  public enum Asked {
    /** Of nobody: any caller may call anything. */
    OF_NOBODY,
    /** Of those who call the management API from elsewhere than the server's own machine. */
    OF_REMOTE_MANAGEMENT,
    /** Of everyone, on the management and on the inference API. */
    OF_EVERYONE
  }

  /** Checks the expiry. */
  public AuthSettings {
    if (expiry.isZero() || expiry.isNegative()) {
      throw new IllegalArgumentException("expiry: " + expiry + " (expected: > 0)");
    }
  }
}
