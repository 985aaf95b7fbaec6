package dev.sconce.config;

import dev.sconce.download.DownloadSettings;
import dev.sconce.download.S3Credentials;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The keys of models that are registered by URL: TorchServe's, but for the default of {@code
 * allowed_urls}, and our own bounds.
 */
final class DownloadKeys {
  private static final String ALLOWED = "allowed_urls";
  private static final int MOST_SECONDS = 3600;

  private DownloadKeys() {}

  static DownloadSettings read(KeyReader keys) {
    return new DownloadSettings(
        allowed(keys),
        keys.optionalLong("max_download_size", 1, Long.MAX_VALUE)
            .orElse(DownloadSettings.DEFAULT_MAX_BYTES),
        keys.optionalInteger("download_timeout", 1, MOST_SECONDS).stream()
            .mapToObj(Duration::ofSeconds)
            .findFirst()
            .orElse(DownloadSettings.DEFAULT_TIMEOUT),
        s3(keys));
  }

  /** As in TorchServe, whose {@code ConfigManager.getAllowedUrls} splits at every comma, too. */
  private static List<Pattern> allowed(KeyReader keys) {
    List<Pattern> patterns = new ArrayList<>();
    for (String regex :
        keys.textUnlessKept(ALLOWED, "use_env_allowed_urls").orElse("").split(",")) {
      if (!regex.isBlank()) {
        try {
          patterns.add(Pattern.compile(regex.strip(), Pattern.CASE_INSENSITIVE));
        } catch (PatternSyntaxException e) {
          keys.fault(
              ALLOWED, regex, "regular expressions with commas between; " + e.getDescription());
        }
      }
    }
    return patterns;
  }

  private static Optional<S3Credentials> s3(KeyReader keys) {
    Optional<String> keyId = keys.variable("AWS_ACCESS_KEY_ID");
    Optional<String> secret = keys.variable("AWS_SECRET_ACCESS_KEY");
    Optional<String> region = keys.variable("AWS_DEFAULT_REGION");
    if (keyId.isEmpty() || secret.isEmpty() || region.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new S3Credentials(
            keyId.get(), secret.get(), region.get(), keys.variable("AWS_SESSION_TOKEN")));
  }
}
