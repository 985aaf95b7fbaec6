package dev.sconce.auth;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The keys of a running server. Safe from any thread: the keys belong to this object's lock, the
 * file to another, so that nobody who shows a key waits for a disk.
 */
final class TokenStore {
  private static final Pattern BEARER =
      Pattern.compile("Bearer\\s+(\\S+)", Pattern.CASE_INSENSITIVE);

  private final AuthSettings settings;
  private final SecureRandom random;
  private final Clock clock;
  private final KeyFile file;
  private final Object fileLock = new Object();
  private final Map<KeyKind, Key> keys = new EnumMap<>(KeyKind.class);

  /** Makes the keys, but tells nobody. */
  TokenStore(AuthSettings settings, SecureRandom random, Clock clock) {
    this.settings = settings;
    this.random = random;
    this.clock = clock;
    this.file = new KeyFile(settings.keyFile());
    for (KeyKind kind : KeyKind.values()) {
      keys.put(kind, fresh(kind));
    }
  }

  private Key fresh(KeyKind kind) {
    Optional<Instant> expires =
        kind == KeyKind.API
            ? Optional.empty()
            : Optional.of(clock.instant().plus(settings.expiry()));
    return Key.make(random, expires);
  }

  /** Where the keys are to be read. */
  Path file() {
    return file.path();
  }

  /**
   * Whether a request may use what keys of that kind open.
   *
   * @param authorization its {@code Authorization} header
   */
  boolean accepts(KeyKind kind, Optional<String> authorization) {
    Matcher bearer = BEARER.matcher(authorization.orElse(""));
    if (!bearer.matches()) {
      return false;
    }
    Key key;
    synchronized (this) {
      key = Objects.requireNonNull(keys.get(kind));
    }
    return key.opensFor(bearer.group(1), clock.instant());
  }

  /** Writes the key file. */
  void publish() throws IOException {
    synchronized (fileLock) {
      file.write(copy());
    }
  }

  /**
   * Replaces a key by a fresh one, in the file first. Blocks.
   *
   * @throws ServingException {@code INTERNAL} if the file cannot be written; the old key holds on
   */
  void renew(KeyKind kind) {
    synchronized (fileLock) {
      Map<KeyKind, Key> renewed = copy();
      Key fresh = fresh(kind);
      renewed.put(kind, fresh);
      try {
        file.write(renewed);
      } catch (IOException e) {
        throw new ServingException(ErrorCode.INTERNAL, file.path() + " cannot be written: " + e, e);
      }
      synchronized (this) {
        keys.put(kind, fresh);
      }
    }
  }

  /** Removes the key file. */
  void withdraw() throws IOException {
    synchronized (fileLock) {
      file.remove();
    }
  }

  private synchronized Map<KeyKind, Key> copy() {
    return new EnumMap<>(keys);
  }
}
