package dev.sconce.worker;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Batches through one handler: every job ends with an answer or a failure of its own.
 *
 * <p>Belongs to the worker's thread.
 *
 * @param <P> what the handler's preprocessing makes
 * @param <R> what its inference makes
 */
final class BatchRun<P, R> {
  private static final Logger log = LoggerFactory.getLogger(BatchRun.class);

  /** What a caller is told when the fault is not the caller's; TorchServe's text. */
  private static final String FIXED_TEXT = "Prediction failed";

  /** The same if the fault costs the worker its handler; TorchServe's text, too. */
  private static final String ENDED_TEXT = "Worker died.";

  private final TimedSteps<P, R> handler;
  private final Runnable inferred;

  /** The streams of the batch: drawn last, so that a slow client holds up no other's answer. */
  private final Queue<Begun> streams = new ArrayDeque<>();

  private final Runnable answered;
  private final Runnable progress;

  /** What leaves the handler in a state that nobody knows; thrown once all jobs are answered. */
  private @Nullable Error ruin;

  /**
   * Runs through a handler.
   *
   * @param inferred called after each inference, before the answers to it go out
   * @param answered called once what there is to answer is answered, before streams are drawn: they
   *     last as long as their clients take
   * @param progress called when the batch has come to something that may take as long as a batch
   */
  BatchRun(TimedSteps<P, R> handler, Runnable inferred, Runnable answered, Runnable progress) {
    this.handler = handler;
    this.inferred = inferred;
    this.answered = answered;
    this.progress = progress;
  }

  private record Prepared<P>(Job job, P data) {}

  private record Begun(Job job, Output.Stream stream) {}

  /**
   * Answers every job of the batch.
   *
   * @throws Error if the handler threw one that it is not to be trusted after: any but a full heap
   *     or stack, which the next request may well have room in
   */
  void run(List<Job> batch) {
    List<Prepared<P>> prepared = new ArrayList<>(batch.size());
    for (Job job : batch) {
      try {
        prepared.add(new Prepared<>(job, handler.preprocess(job.input())));
      } catch (Throwable e) {
        fail(job, e);
      }
    }
    if (!prepared.isEmpty()) {
      infer(prepared);
    }
    answered.run();
    while (!streams.isEmpty()) {
      draw(streams.remove());
    }
    if (ruin != null) {
      throw ruin;
    }
  }

  /** If a batch of several fails, each of its items is tried once alone. */
  private void infer(List<Prepared<P>> items) {
    List<R> results;
    try {
      results = results(items.stream().map(Prepared::data).toList());
      requireOneEach(items, results);
    } catch (Throwable e) {
      if (items.size() == 1) {
        fail(items.get(0).job(), e);
      } else {
        log.debug("a batch of {} failed, trying each item alone", items.size(), e);
        items.stream().filter(item -> !item.job().isAbandoned()).forEach(this::inferAlone);
      }
      return;
    }
    for (int i = 0; i < items.size(); i++) {
      answer(items.get(i).job(), results.get(i));
    }
  }

  private void inferAlone(Prepared<P> item) {
    progress.run();
    infer(List.of(item));
  }

  private List<R> results(List<P> batch) throws Exception {
    try {
      return handler.inference(batch);
    } finally {
      inferred.run();
    }
  }

  private static void requireOneEach(List<?> items, List<?> results) {
    if (results.size() != items.size()) {
      throw new IllegalStateException(
          "inference gave " + results.size() + " results (expected: " + items.size() + ")");
    }
  }

  private void answer(Job job, R result) {
    try {
      Output output = Objects.requireNonNull(handler.postprocess(job.input(), result), "output");
      if (output instanceof Output.Failure failure) {
        job.fail(failure.code(), failure.message());
      } else if (!job.answer().complete(output)) {
        return; // the caller has gone, so nobody would take a stream
      } else if (output instanceof Output.Stream stream) {
        streams.add(new Begun(job, stream));
      }
    } catch (Throwable e) {
      fail(job, e);
    }
  }

  /** Whoever takes the stream is told of its failure, and logs it. */
  private void draw(Begun begun) {
    Input input = begun.job().input();
    try {
      handler.pump(begun.stream(), input, progress);
    } catch (Throwable e) {
      boolean ruined = ruins(e);
      log.debug(
          "request {}: its stream ended early, handler ruined: {}", input.requestId(), ruined, e);
    }
  }

  /** Who waits for the answer logs the failure with it; nobody may wait any more. */
  private void fail(Job job, Throwable e) {
    ServingException failure = explained(e);
    if (!job.fail(failure)) {
      String id = job.input().requestId();
      log.warn(
          "request {}: nobody waits any more: {}", id, failure.getMessage(), failure.getCause());
    }
  }

  private boolean ruins(Throwable e) {
    boolean passes = e instanceof OutOfMemoryError || e instanceof StackOverflowError;
    if (e instanceof Error error && !passes) {
      ruin = error;
      return true;
    }
    return false;
  }

  private ServingException explained(Throwable e) {
    if (e instanceof ServingException known) {
      return known;
    }
    if (ruins(e)) {
      return new ServingException(ErrorCode.INTERNAL, ENDED_TEXT, e);
    }
    return e instanceof OutOfMemoryError
        ? new ServingException(
            ErrorCode.OUT_OF_MEMORY, "out of memory: the server's heap is full", e)
        : new ServingException(ErrorCode.INTERNAL, FIXED_TEXT, e);
  }
}
