package dev.sconce.config;

import dev.sconce.auth.AuthSettings;
import dev.sconce.auth.AuthSettings.Asked;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The keys of tokens. */
final class AuthKeys {
  private static final String EXPIRATION = "token_expiration_min";
  private static final BigDecimal SECONDS = BigDecimal.valueOf(60);

  /** A hundred years, beyond which dates are for nobody. */
  private static final BigDecimal MOST_MINUTES = BigDecimal.valueOf(52_560_000);

  private AuthKeys() {}

  static AuthSettings read(KeyReader keys, Path directory) {
    Asked asked =
        keys.optionalFlag("disable_token_authorization")
            .map(disabled -> disabled ? Asked.OF_NOBODY : Asked.OF_EVERYONE)
            .orElse(Asked.OF_REMOTE_MANAGEMENT);
    return new AuthSettings(asked, expiry(keys), directory.resolve("key_file.json"));
  }

  /** TorchServe takes parts of minutes, too. */
  private static Duration expiry(KeyReader keys) {
    Optional<String> text = keys.text(EXPIRATION);
    if (text.isEmpty()) {
      return AuthSettings.DEFAULT_EXPIRY;
    }
    try {
      BigDecimal minutes = new BigDecimal(text.get());
      if (minutes.signum() > 0 && minutes.compareTo(MOST_MINUTES) <= 0) {
        long seconds = minutes.multiply(SECONDS).longValue();
        return Duration.ofSeconds(Math.max(1, seconds));
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    keys.fault(EXPIRATION, text.get(), "minutes, more than 0 and at most " + MOST_MINUTES);
    return AuthSettings.DEFAULT_EXPIRY;
  }
}
