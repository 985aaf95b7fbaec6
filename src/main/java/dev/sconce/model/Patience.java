package dev.sconce.model;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Waits for what a user's own code may hold up without end, but not longer than it is given. */
final class Patience {
  private Patience() {}

  /**
   * Runs {@code work} on a thread of its own, which is interrupted and left to itself when the time
   * is up.
   *
   * @param what is waited for, for the message
   * @param tooLate is given the result if it comes after all
   * @throws ServingException {@code INVALID_MODEL} when the time is up; else what {@code work}
   *     throws
   */
  static <T> T within(Duration limit, String what, Supplier<T> work, Consumer<T> tooLate) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread = new Thread(() -> complete(result, work), "handler-choice");
    thread.setDaemon(true);
    thread.start();
    CompletableFuture<T> inTime =
        result.copy().orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS); // result itself goes on
    try {
      return inTime.join();
    } catch (CompletionException e) {
      if (result.isCompletedExceptionally()) {
        throw thrown(e);
      }
      thread.interrupt();
      CompletableFuture<Void> unused = result.thenAccept(tooLate);
      throw new ServingException(
          ErrorCode.INVALID_MODEL,
          what + ": not done within " + limit.toSeconds() + " s (expected: within startup_timeout)",
          e);
    }
  }

  private static <T> void complete(CompletableFuture<T> result, Supplier<T> work) {
    try {
      result.complete(work.get());
    } catch (Throwable e) {
      result.completeExceptionally(e);
    }
  }

  private static RuntimeException thrown(CompletionException e) {
    if (e.getCause() instanceof Error error) {
      throw error;
    }
    return e.getCause() instanceof RuntimeException cause ? cause : e;
  }
}
