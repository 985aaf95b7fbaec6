package dev.sconce.worker;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import java.util.concurrent.CompletableFuture;

/**
 * One request on its way through the pool.
 *
 * @param input the request
 * @param versionLabel the model's version as the caller named it, or {@code default}; for metrics
 * @param enqueuedNanos when it came, on the pool's clock
 * @param answer completed once: by a worker, by the deadline, or by the caller who has gone
 */
record Job(Input input, String versionLabel, long enqueuedNanos, CompletableFuture<Output> answer) {

  /** Whether nobody waits for an answer any more. */
  boolean isAbandoned() {
    return answer.isDone() || input.deadline().hasPassed();
  }

  /** Answers that it took too long. */
  void expire() {
    fail(lateness());
  }

  /** As {@link #expire}, and ends a stream that has begun. May be called from any thread. */
  void giveUp() {
    expire();
    if (!answer.isCompletedExceptionally() && answer.getNow(null) instanceof Output.Stream begun) {
      begun.chunks().abort(lateness());
    }
  }

  private static ServingException lateness() {
    return new ServingException(ErrorCode.REQUEST_TIMEOUT, "no answer within the response timeout");
  }

  void fail(ErrorCode code, String message) {
    answer.completeExceptionally(new ServingException(code, message));
  }

  /** Whether there was still somebody to be told. */
  boolean fail(ServingException failure) {
    return answer.completeExceptionally(failure);
  }
}
