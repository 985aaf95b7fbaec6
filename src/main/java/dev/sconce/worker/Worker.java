package dev.sconce.worker;

import dev.sconce.handler.Device;
import dev.sconce.handler.Handler;
import dev.sconce.worker.WorkerStatus.State;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that owns one handler: opens it, runs batches through it until told to stop, closes
 * it.
 *
 * <p>The thread is a lasting one: libtorch keeps a team of OpenMP threads for every thread that
 * ever ran a forward.
 */
final class Worker {
  private static final Logger log = LoggerFactory.getLogger(Worker.class);

  private final int id;
  private final String name;
  private final Device device;
  private final Instant startTime;
  private final LongSupplier nanoClock;
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile boolean loaded;
  private volatile boolean stopping;

  /**
   * A worker that has not started.
   *
   * @param modelLabel the model's name and version, as in {@code siamese_1.0}
   */
  Worker(int id, String modelLabel, Device device, Instant startTime, LongSupplier nanoClock) {
    this.id = id;
    this.name = "W-" + id + "-" + modelLabel;
    this.device = device;
    this.startTime = startTime;
    this.nanoClock = nanoClock;
  }

  /** What a worker asks of the pool it belongs to, always on its own thread. */
  interface Duties {
    /** The next batch; empty once there is nothing left to do. */
    List<Job> take(Worker worker) throws InterruptedException;

    /** The handler is open. */
    void opened(Worker worker, Handler<?, ?> handler, long nanos);

    /** An inference is over; its answers have not gone out yet. */
    void inferred(Handler<?, ?> handler);

    /** Who is told what takes how long. */
    ModelMetrics metrics();

    /** The handler is closed, or could not be opened; the thread is about to end. */
    void ended(Worker worker);
  }

  void start(Callable<Handler<?, ?>> opener, Duties duties) {
    Thread thread = new Thread(() -> live(opener, duties), name);
    thread.setDaemon(true);
    thread.start();
  }

  private void live(Callable<Handler<?, ?>> opener, Duties duties) {
    @Nullable Throwable failure = null;
    long startNanos = nanoClock.getAsLong();
    try (Handler<?, ?> handler = opener.call()) {
      duties.opened(this, handler, nanoClock.getAsLong() - startNanos);
      becomeReady();
      serve(handler, duties);
    } catch (Throwable e) {
      failure = e;
    }
    duties.ended(this);
    ended.complete(null);
    if (failure != null && !ready.completeExceptionally(failure)) {
      log.error("{} ended by itself", name, failure);
    }
  }

  private void becomeReady() {
    loaded = true;
    ready.complete(null);
  }

  private <P, R> void serve(Handler<P, R> handler, Duties duties) throws InterruptedException {
    TimedSteps<P, R> steps = new TimedSteps<>(handler, duties.metrics(), nanoClock);
    BatchRun<P, R> run = new BatchRun<>(steps, () -> duties.inferred(handler));
    List<Job> batch = duties.take(this);
    while (!batch.isEmpty()) {
      long startNanos = nanoClock.getAsLong();
      run.run(batch);
      duties.metrics().handled(batch, startNanos, nanoClock.getAsLong(), steps.takeSpentNanos());
      batch = duties.take(this);
    }
  }

  /** Lets the worker end after the batch it is at; see {@link BatchQueue#wakeAll}. */
  void stop() {
    stopping = true;
  }

  boolean isStopping() {
    return stopping;
  }

  boolean isReady() {
    return loaded && !stopping;
  }

  String name() {
    return name;
  }

  Device device() {
    return device;
  }

  /** Completes once the handler is open; or, after {@link #ended}, with what opening it threw. */
  CompletableFuture<Void> ready() {
    return ready;
  }

  /** Completes once the handler is closed. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  WorkerStatus status() {
    State state = loaded ? State.READY : State.LOADING;
    return new WorkerStatus(id, startTime, stopping ? State.UNLOADING : state, device);
  }
}
