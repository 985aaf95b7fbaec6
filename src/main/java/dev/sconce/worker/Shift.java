package dev.sconce.worker;

import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerOpener;
import dev.sconce.handler.SharedResources;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One thread that owns one handler: opens it, runs batches through it until told to stop, closes
 * it. A worker whose shift ends by a failure begins another.
 *
 * <p>The thread is a lasting one: libtorch keeps a team of OpenMP threads for every thread that
 * ever ran a forward.
 */
final class Shift {
  private final Worker worker;
  private final SharedResources shared;
  private final Work work;
  private final Duties duties;
  private final PoolTools tools;
  private final Timeouts timeouts;
  private final Thread thread;
  private final Watch watch;
  private volatile boolean open;
  private volatile boolean stopping;

  /**
   * A shift of {@code worker} that has not started.
   *
   * @param shared what its handler shares with others on that device
   */
  Shift(
      Worker worker,
      SharedResources shared,
      HandlerOpener opener,
      Work work,
      Duties duties,
      PoolTools tools,
      Timeouts timeouts) {
    this.worker = worker;
    this.shared = shared;
    this.work = work;
    this.duties = duties;
    this.tools = tools;
    this.timeouts = timeouts;
    this.thread = new Thread(() -> live(opener), worker.name());
    this.watch =
        new Watch(thread, tools.timer(), tools.nanoClock(), late -> duties.abandoned(this, late));
    thread.setDaemon(true);
  }

  /** What a shift tells the crew it belongs to. */
  interface Duties {
    /** Requests can be taken; on the shift's thread. */
    void ready(Shift shift);

    /**
     * The thread is about to end, and says so: the handler is closed, or could not be opened.
     *
     * @param reason why, unless it was told to
     */
    void ended(Shift shift, @Nullable Throwable reason);

    /** The thread hangs and is given up on; on the timer's thread. */
    void abandoned(Shift shift, TimeoutException reason);
  }

  void start() {
    thread.start();
  }

  private void live(HandlerOpener opener) {
    @Nullable Throwable failure = null;
    try {
      openAndServe(opener);
    } catch (Throwable e) {
      failure = e;
    }
    watch.finish();
    duties.ended(this, failure);
  }

  private void openAndServe(HandlerOpener opener) throws Exception {
    long startNanos = tools.nanoClock().getAsLong();
    watch.begin("opening the handler", timeouts.startup(), List.of());
    Handler<?, ?> handler;
    try {
      handler = opener.open(worker.device(), shared);
    } catch (Throwable e) {
      watch.end(); // if it was interrupted, that is the reason
      throw e;
    }
    try {
      work.opened(worker, handler, tools.nanoClock().getAsLong() - startNanos);
      watch.end();
      open = true;
      duties.ready(this);
      serve(handler);
    } finally {
      watch.begin("closing the handler", timeouts.response(), List.of());
      handler.close();
    }
  }

  private <P, R> void serve(Handler<P, R> handler) throws Exception {
    LongSupplier clock = tools.nanoClock();
    TimedSteps<P, R> steps = new TimedSteps<>(handler, work.metrics(), clock);
    BatchRun<P, R> run =
        new BatchRun<>(
            steps,
            () -> work.inferred(handler),
            () -> tools.attendance().end(thread),
            watch::progress);
    List<Job> batch = work.take(this);
    while (!batch.isEmpty()) {
      long startNanos = clock.getAsLong();
      watch.begin("a batch", timeouts.response(), batch);
      tools.attendance().begin(thread);
      try {
        run.run(batch);
      } finally {
        tools.attendance().end(thread);
      }
      watch.end();
      work.metrics().handled(batch, startNanos, clock.getAsLong(), steps.takeSpentNanos());
      batch = work.take(this);
    }
  }

  /** Lets the shift end after the batch it is at; see {@link BatchQueue#wakeAll}. */
  void stop() {
    stopping = true;
  }

  /** Ends the shift if its handler is not even open yet. */
  void giveUpOpening() {
    if (!open) {
      watch.cutShort();
    }
  }

  boolean isStopping() {
    return stopping;
  }

  boolean isOpen() {
    return open;
  }

  Worker worker() {
    return worker;
  }

  SharedResources shared() {
    return shared;
  }

  Thread thread() {
    return thread;
  }
}
