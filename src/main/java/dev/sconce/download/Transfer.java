package dev.sconce.download;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One archive's bytes on their way. One thread copies; the timer's looks how it goes, and closes
 * the source when next to nothing comes, so that the copying ends.
 */
final class Transfer {
  private static final Logger log = LoggerFactory.getLogger(Transfer.class);

  /** Less than a modem brings: the server does nothing, or means to hold us up. */
  private static final int LEAST_BYTES_PER_SECOND = 1000;

  private static final int BUFFER_BYTES = 1 << 16;
  private static final long MEGABYTE = 1_000_000;

  private final ArchiveUrl url;
  private final Source source;
  private final Duration timeout;
  private final AtomicLong received = new AtomicLong();

  /** Belongs to the timer's thread. */
  private long receivedBefore;

  private volatile boolean stalled;

  Transfer(ArchiveUrl url, Source source, Duration timeout) {
    this.url = url;
    this.source = source;
    this.timeout = timeout;
  }

  /**
   * Copies everything; returns how much it was.
   *
   * @param limit the most bytes, and why no more
   * @throws IOException saying what went wrong
   */
  long copy(OutputStream to, Limit limit, ScheduledExecutorService timer) throws IOException {
    limit.check(source.length().orElse(0));
    long period = timeout.toNanos();
    Future<?> looking = timer.scheduleAtFixedRate(this::look, period, period, TimeUnit.NANOSECONDS);
    try {
      read(to, limit);
    } finally {
      looking.cancel(false);
    }
    return received.get();
  }

  /**
   * How much may come.
   *
   * @param bytes the most
   * @param reason what it is that sets the limit, for the message
   */
  record Limit(long bytes, String reason) {
    void check(long size) throws IOException {
      if (size > bytes) {
        throw new IOException(
            "it is larger than %d bytes (expected: at most %s)".formatted(bytes, reason));
      }
    }
  }

  private void read(OutputStream to, Limit limit) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int count = next(buffer); count >= 0; count = next(buffer)) {
      limit.check(received.addAndGet(count));
      to.write(buffer, 0, count);
    }
  }

  /** The next bytes. A source that was closed for being too slow may also look like its end. */
  private int next(byte[] buffer) throws IOException {
    try {
      int count = source.bytes().read(buffer);
      if (!stalled && (count >= 0 || isWhole())) {
        return count;
      }
      throw new EOFException();
    } catch (IOException e) {
      throw new IOException(stalled ? tooSlow() : brokenOff(), e);
    }
  }

  private boolean isWhole() {
    return source.length().isEmpty() || source.length().getAsLong() == received.get();
  }

  private String brokenOff() {
    String all = source.length().isPresent() ? " of " + source.length().getAsLong() : "";
    return "it broke off after " + received.get() + all + " bytes";
  }

  private String tooSlow() {
    return "next to nothing came for %d s (expected: at least %d bytes a second; download_timeout is how long less is borne)"
        .formatted(timeout.toSeconds(), LEAST_BYTES_PER_SECOND);
  }

  private void look() {
    long now = received.get();
    if (now - receivedBefore < LEAST_BYTES_PER_SECOND * Math.max(1, timeout.toSeconds())) {
      stalled = true;
      try {
        source.close();
      } catch (IOException e) {
        log.debug("{}: closing failed", url, e); // whoever reads it is told all the same
      }
      return;
    }
    receivedBefore = now;
    String all = source.length().isPresent() ? " of " + source.length().getAsLong() / MEGABYTE : "";
    log.info("Downloading {}: {}{} MB", url, now / MEGABYTE, all);
  }
}
