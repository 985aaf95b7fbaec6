package dev.sconce.download;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What may be fetched, and within what bounds.
 *
 * @param allowed a URL is fetched if one of these matches all of it; none for no URL at all
 * @param maxBytes the largest archive
 * @param timeout how long a server may take to be reached and to begin its answer, and how long
 *     next to nothing may come after that
 * @param s3 what requests to S3 are signed with
 */
public record DownloadSettings(
    List<Pattern> allowed, long maxBytes, Duration timeout, Optional<S3Credentials> s3) {

  /** 10 GiB. */
  public static final long DEFAULT_MAX_BYTES = 10L << 30;

  /** Half a minute. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  /** No URL at all. */
  public static final DownloadSettings NONE =
      new DownloadSettings(List.of(), DEFAULT_MAX_BYTES, DEFAULT_TIMEOUT, Optional.empty());

  /** Copies the list. */
  public DownloadSettings {
    allowed = List.copyOf(allowed);
  }

  /** Whether the whole of a URL is matched. */
  boolean allows(String url) {
    return allowed.stream().anyMatch(pattern -> pattern.matcher(url).matches());
  }
}
