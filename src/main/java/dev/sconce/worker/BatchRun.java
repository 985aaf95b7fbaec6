package dev.sconce.worker;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Chunks;
import dev.sconce.handler.Handler;
import dev.sconce.handler.Output;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
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

  private final Handler<P, R> handler;
  private final Runnable inferred;

  /** The streams of the batch: drawn last, so that a slow client holds up no other's answer. */
  private final Queue<Begun> streams = new ArrayDeque<>();

  /**
   * Runs through a handler.
   *
   * @param inferred called after each inference, before the answers to it go out
   */
  BatchRun(Handler<P, R> handler, Runnable inferred) {
    this.handler = handler;
    this.inferred = inferred;
  }

  private record Prepared<P>(Job job, P data) {}

  private record Begun(Job job, Chunks chunks) {}

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
    while (!streams.isEmpty()) {
      draw(streams.remove());
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
        items.forEach(item -> infer(List.of(item)));
      }
      return;
    }
    for (int i = 0; i < items.size(); i++) {
      answer(items.get(i).job(), results.get(i));
    }
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
        streams.add(new Begun(job, stream.chunks()));
      }
    } catch (Throwable e) {
      fail(job, e);
    }
  }

  private static void draw(Begun stream) {
    try {
      stream.chunks().pump(stream.job().input().deadline());
    } catch (Throwable e) {
      fail(stream.job(), e);
    }
  }

  private static void fail(Job job, Throwable e) {
    String id = job.input().requestId();
    if (e instanceof ServingException failure) {
      if (failure.code() == ErrorCode.OUT_OF_MEMORY || failure.code() == ErrorCode.INTERNAL) {
        log.error("request {}: {}", id, failure.getMessage(), failure);
      } else {
        log.debug("request {}: {}", id, failure.getMessage());
      }
      job.fail(failure);
    } else if (e instanceof OutOfMemoryError) {
      log.error("request {}: the Java heap is full", id, e);
      job.fail(ErrorCode.OUT_OF_MEMORY, "out of memory: the server's heap is full");
    } else {
      log.error("request {}: the handler failed", id, e);
      job.fail(ErrorCode.INTERNAL, FIXED_TEXT);
    }
  }
}
