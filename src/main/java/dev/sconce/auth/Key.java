package dev.sconce.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * A secret and how long it holds.
 *
 * @param text the secret
 * @param expires when it opens nothing any more; never, if empty
 */
record Key(String text, Optional<Instant> expires) {
  /** TorchServe's six bytes can be guessed; as text these are 32 characters. */
  private static final int BYTES = 24;

  static Key make(SecureRandom random, Optional<Instant> expires) {
    byte[] secret = new byte[BYTES];
    random.nextBytes(secret);
    return new Key(Base64.getUrlEncoder().encodeToString(secret), expires);
  }

  /**
   * Whether the key holds and {@code shown} is it; how long that takes tells nothing of the key.
   */
  boolean opensFor(String shown, Instant now) {
    boolean same = MessageDigest.isEqual(bytes(text), bytes(shown));
    return same && expires.map(now::isBefore).orElse(true);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Keys are in nobody's log. */
  @Override
  public String toString() {
    return "Key[expires=" + expires + "]";
  }
}
