package dev.sconce.sagemaker;

import dev.sconce.http.BodyReader;
import dev.sconce.http.ErrorRenderer;
import dev.sconce.http.Request;
import dev.sconce.http.Response;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls that are answered into files, on a few threads of their own. A client that goes away is no
 * reason to give one up. Safe from any thread.
 */
final class AsyncInvocations {
  private static final Logger log = LoggerFactory.getLogger(AsyncInvocations.class);

  /** Enough for a model to have a batch. */
  private static final int IN_WORK = 8;

  /** At most 128 kB of body each. */
  private static final int WAITING = 256;

  private static final long IDLE_SECONDS = 10;

  /** What calls that were given up have to write that into files. */
  static final Duration LAST_FILES = Duration.ofSeconds(2);

  private final Tools tools;
  private final ThreadPoolExecutor threads;

  /**
   * What every call needs.
   *
   * @param model answers a request, which names no model, in the name of one; a failure to answer
   *     is an answer, too
   * @param errors how the server's own failures are told
   * @param bodies reads bodies by the type that the call names
   * @param maxBodyBytes how large a body from a file may be
   */
  record Tools(
      BiFunction<Request, String, CompletionStage<Response>> model,
      ErrorRenderer errors,
      LocalBuckets buckets,
      BodyReader bodies,
      int maxBodyBytes,
      LongSupplier nanoClock) {}

  /** None are in work. */
  AsyncInvocations(Tools tools) {
    this.tools = tools;
    this.threads =
        new ThreadPoolExecutor(
            IN_WORK,
            IN_WORK,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING),
            task -> new Thread(task, "async-invocation"));
    threads.allowCoreThreadTimeOut(true);
  }

  /** Takes a call; false if too many wait already, or the server is stopping. */
  boolean offer(AsyncCall call, Request inner, String model) {
    try {
      threads.execute(new AsyncJob(tools, call, inner, model));
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Takes no more calls, and lets those it has finish; what has not by then, fails. Blocks. */
  void close(Duration patience) {
    threads.shutdown();
    try {
      if (threads.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS)) {
        return;
      }
      for (Runnable waiting : threads.shutdownNow()) {
        ((AsyncJob) waiting).giveUp();
      }
      if (!threads.awaitTermination(LAST_FILES.toSeconds(), TimeUnit.SECONDS)) {
        log.warn("some asynchronous calls did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
