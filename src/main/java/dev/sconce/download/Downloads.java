package dev.sconce.download;

import dev.sconce.download.Transfer.Limit;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches archives by URL. Safe for use by several threads.
 *
 * <p>It has threads of its own, so that a slow server holds up nobody but those who wait for
 * downloads, too.
 */
public final class Downloads implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Downloads.class);

  /** Where clouds tell a machine its secrets: a pattern that matches it matches nearly all. */
  private static final String INNERMOST = "http://169.254.169.254/x.mar";

  private static final int THREADS = 8;
  private static final int END_SECONDS = 5;

  private final DownloadSettings settings;
  private final Optional<HttpSource> http;
  private final ExecutorService threads;
  private final ScheduledExecutorService timer;
  private final Set<Source> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;

  /**
   * What fetches within {@code settings}.
   *
   * @param threads makes its threads
   */
  public Downloads(DownloadSettings settings, ThreadFactory threads) {
    // Not made for nothing: it reads all the certificates that Java trusts.
    this(
        settings,
        settings.allowed().isEmpty() ? Optional.empty() : Optional.of(client(settings.timeout())),
        threads);
  }

  Downloads(DownloadSettings settings, Optional<HttpClient> client, ThreadFactory threads) {
    this.settings = settings;
    if (settings.allows(INNERMOST)) {
      log.warn(
          "allowed_urls lets those who may register models have every address asked that this machine can reach, such as {}",
          INNERMOST);
    }
    this.http = client.map(connected -> new HttpSource(connected, settings));
    this.threads = Executors.newFixedThreadPool(THREADS, threads);
    this.timer = Executors.newSingleThreadScheduledExecutor(threads);
  }

  static HttpClient client(Duration timeout) {
    return clientBuilder(timeout).build();
  }

  static HttpClient.Builder clientBuilder(Duration timeout) {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(timeout);
  }

  /** Runs work that is going to {@link #fetch}, as soon as one of the threads is free. */
  public <T> CompletableFuture<T> whenFree(Supplier<T> work) {
    try {
      return CompletableFuture.supplyAsync(() -> unlessClosing(work), threads);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(stopping());
    }
  }

  private <T> T unlessClosing(Supplier<T> work) {
    if (closing) {
      throw stopping();
    }
    return work.get();
  }

  /**
   * A URL that may be fetched.
   *
   * @throws ServingException {@code MODEL_NOT_FOUND} if it is not allowed, {@code BAD_REQUEST} if
   *     it is malformed or could be read in two ways
   */
  public ArchiveUrl permitted(String text) {
    if (settings.allowed().isEmpty()) {
      throw notAllowed(
          text, "a file name in the model store; allowed_urls in the configuration allows URLs");
    }
    ArchiveUrl url = ArchiveUrl.parse(text);
    if (!settings.allows(text)) {
      throw notAllowed(
          text, "one that allowed_urls in the configuration matches, or a file name in the store");
    }
    return url;
  }

  private static ServingException notAllowed(String text, String expected) {
    return new ServingException(
        ErrorCode.MODEL_NOT_FOUND,
        "Given URL %s does not match any allowed URL(s) (expected: %s)"
            .formatted(ArchiveUrl.shown(text), expected));
  }

  /**
   * Fetches it; blocks until all is there.
   *
   * @param signed whether the request is to be signed for S3
   * @param to is given the bytes, and not closed
   * @param freeBytes what there is room for
   * @throws ServingException {@code DOWNLOAD_FAILED} if it cannot be had whole, {@code BAD_REQUEST}
   *     if it cannot be signed, {@code STOPPING}
   */
  public void fetch(ArchiveUrl url, boolean signed, OutputStream to, long freeBytes) {
    Optional<S3Signature> signature = signed ? Optional.of(signature(url)) : Optional.empty();
    log.info("Downloading {}", url);
    long begin = System.nanoTime();
    try (Source source = open(url, signature)) {
      long size = copy(url, source, to, freeBytes);
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
      log.info("Downloaded {}: {} bytes in {} ms", url, size, millis);
    } catch (IOException e) {
      throw failed(url, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw stopping();
    }
  }

  private S3Signature signature(ArchiveUrl url) {
    if (!url.uri().getScheme().equalsIgnoreCase("https")) {
      throw new ServingException(
          ErrorCode.BAD_REQUEST, "s3_sse_kms: true for %s (expected: an https URL)".formatted(url));
    }
    return settings
        .s3()
        .map(S3Signature::new)
        .orElseThrow(
            () ->
                new ServingException(
                    ErrorCode.BAD_REQUEST,
                    "s3_sse_kms: true (expected: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_DEFAULT_REGION in the server's environment)"));
  }

  private Source open(ArchiveUrl url, Optional<S3Signature> signature)
      throws IOException, InterruptedException {
    return url.isFile() ? FileSource.open(url, settings) : http().open(url, signature);
  }

  private HttpSource http() {
    return http.orElseThrow(() -> new IllegalStateException("no URL is permitted"));
  }

  private long copy(ArchiveUrl url, Source source, OutputStream to, long freeBytes)
      throws IOException {
    open.add(source);
    try {
      if (closing) {
        throw stopping();
      }
      Limit limit =
          freeBytes < settings.maxBytes()
              ? new Limit(freeBytes, "what the model store's disk has room for")
              : new Limit(settings.maxBytes(), "max_download_size");
      return new Transfer(url, source, settings.timeout()).copy(to, limit, timer);
    } finally {
      open.remove(source);
    }
  }

  private ServingException failed(ArchiveUrl url, IOException e) {
    return closing
        ? stopping()
        : new ServingException(
            ErrorCode.DOWNLOAD_FAILED,
            "Failed to download archive from: %s (%s)".formatted(url, reason(e)),
            e);
  }

  /** Java's own messages for these are empty, or name what does not help. */
  private String reason(IOException e) {
    if (e instanceof HttpConnectTimeoutException) {
      return "no connection within " + settings.timeout().toSeconds() + " s";
    }
    if (e instanceof ConnectException) {
      return bottom(e) instanceof UnresolvedAddressException ? "unknown host" : "no connection";
    }
    if (e instanceof SSLException) {
      return "TLS: " + bottom(e).getMessage();
    }
    String message = e instanceof FileSystemException file ? file.getReason() : e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private static Throwable bottom(Throwable e) {
    Throwable bottom = e;
    while (bottom.getCause() != null) {
      bottom = bottom.getCause();
    }
    return bottom;
  }

  private static ServingException stopping() {
    return new ServingException(ErrorCode.STOPPING, "the server is stopping");
  }

  /** Gives up what is being fetched, and waits until it has been given up. */
  @Override
  public void close() {
    closing = true;
    List<Runnable> waiting = threads.shutdownNow();
    waiting.forEach(Runnable::run); // tells those who wait
    open.forEach(Downloads::giveUp);
    try {
      if (!threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        log.warn("some downloads have not ended");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    timer.shutdownNow();
  }

  private static void giveUp(Source source) {
    try {
      source.close();
    } catch (IOException e) {
      log.debug("closing failed", e); // whoever reads it ends all the same
    }
  }
}
