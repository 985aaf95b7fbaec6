package dev.sconce.worker;

import dev.sconce.handler.Handler;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * A handler's steps with a stopwatch. Belongs to the worker's thread.
 *
 * @param <P> what the handler's preprocessing makes
 * @param <R> what its inference makes
 */
final class TimedSteps<P, R> {
  private final Handler<P, R> handler;
  private final ModelMetrics metrics;
  private final LongSupplier nanoClock;
  private long spentNanos;

  TimedSteps(Handler<P, R> handler, ModelMetrics metrics, LongSupplier nanoClock) {
    this.handler = handler;
    this.metrics = metrics;
    this.nanoClock = nanoClock;
  }

  P preprocess(Input input) throws Exception {
    long start = nanoClock.getAsLong();
    try {
      return handler.preprocess(input);
    } finally {
      metrics.preprocessed(spent(start));
    }
  }

  List<R> inference(List<P> batch) throws Exception {
    long start = nanoClock.getAsLong();
    try {
      return handler.inference(batch);
    } finally {
      metrics.inferred(spent(start));
    }
  }

  Output postprocess(Input input, R result) throws Exception {
    long start = nanoClock.getAsLong();
    try {
      return handler.postprocess(input, result);
    } finally {
      metrics.postprocessed(spent(start));
    }
  }

  /** Draws a stream that the handler makes as it goes; {@code progress} is called at each piece. */
  void pump(Output.Stream stream, Input input, Runnable progress) throws Exception {
    long start = nanoClock.getAsLong();
    try {
      stream.chunks().pump(input.deadline(), progress);
    } finally {
      spent(start);
    }
  }

  private long spent(long startNanos) {
    long nanos = nanoClock.getAsLong() - startNanos;
    spentNanos += nanos;
    return nanos;
  }

  /** How much time the handler has had since this was asked last. */
  long takeSpentNanos() {
    long nanos = spentNanos;
    spentNanos = 0;
    return nanos;
  }
}
