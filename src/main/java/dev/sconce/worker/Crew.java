package dev.sconce.worker;

import dev.sconce.handler.Device;
import dev.sconce.handler.HandlerOpener;
import dev.sconce.handler.SharedResources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers of one pool: how many there are, what becomes of one that fails or hangs, and what
 * they share.
 *
 * <p>A worker that has served and fails is started anew after a pause ({@link BackOff}); one that
 * cannot be opened in the first place is let go. A hanging thread is given up on and keeps what it
 * shares from being closed; after {@link #MOST_ABANDONED} of them no more threads are risked.
 *
 * <p>Safe from any thread. All fields belong to this object's lock; no handler runs and no future
 * completes while it is held.
 */
final class Crew implements Shift.Duties {
  private static final Logger log = LoggerFactory.getLogger(Crew.class);

  /** How many threads may hang at a time. */
  static final int MOST_ABANDONED = 2;

  private final Refusals refusals;
  private final String label;
  private final PoolSettings settings;
  private final HandlerOpener opener;
  private final PoolTools tools;
  private final Work work;

  /** All that serve, are to, or still end, the oldest first. */
  private final List<Worker> workers = new ArrayList<>();

  private final RunningShifts running = new RunningShifts();
  private final CompletableFuture<Void> released = new CompletableFuture<>();
  private int minWorkers;
  private int maxWorkers;
  private int hired;
  private boolean closed;
  private Optional<String> failure = Optional.empty();

  Crew(
      Refusals refusals,
      String modelVersion,
      PoolSettings settings,
      HandlerOpener opener,
      PoolTools tools,
      Work work) {
    this.refusals = refusals;
    this.label = refusals.modelName() + "_" + modelVersion;
    this.settings = settings;
    this.opener = opener;
    this.tools = tools;
    this.work = work;
  }

  /** See {@link WorkerPool#scale}; the numbers have been checked. */
  CompletableFuture<Void> scale(int min, int max) {
    List<CompletableFuture<?>> changes = new ArrayList<>();
    List<Runnable> told = new ArrayList<>();
    try {
      change(min, max, changes, told);
    } finally {
      tell(told);
    }
    return CompletableFuture.allOf(changes.toArray(CompletableFuture[]::new));
  }

  private synchronized void change(
      int min, int max, List<CompletableFuture<?>> changes, List<Runnable> told) {
    requireUsable();
    minWorkers = min;
    maxWorkers = max;
    failure = Optional.empty();
    List<Worker> staying = workers.stream().filter(worker -> !worker.isStopping()).toList();
    int kept = Math.min(max, staying.size());
    staying.subList(0, kept).forEach(worker -> changes.add(worker.ready()));
    for (Worker surplus : staying.subList(kept, staying.size())) {
      changes.add(surplus.ended());
      stop(surplus, told);
    }
    for (int i = kept; i < min; i++) {
      changes.add(hire().ready());
    }
  }

  private void requireUsable() {
    if (closed) {
      throw refusals.notFound();
    }
    if (running.abandoned() >= MOST_ABANDONED) {
      throw refusals.failed(failure.orElse("its handler hangs"));
    }
  }

  /** Called with the lock held. */
  private Worker hire() {
    Device device = settings.devices().get(hired++ % settings.devices().size());
    BackOff backOff = new BackOff(settings.timeouts().retryWindow());
    int id = tools.workerIds().getAsInt();
    Worker worker = new Worker(id, label, device, tools.clock().instant(), backOff);
    begin(worker);
    workers.add(worker); // only now: a thread that the system refuses to start never ends
    return worker;
  }

  /** Called with the lock held. */
  private void begin(Worker worker) {
    SharedResources shared = running.sharedOn(worker.device());
    Shift shift = new Shift(worker, shared, opener, work, this, tools, settings.timeouts());
    shift.start();
    worker.begun(shift);
    running.add(shift);
  }

  /** Called with the lock held, as are all that take {@code told}: what to do without it. */
  private void stop(Worker worker, List<Runnable> told) {
    worker.stop();
    if (worker.shift().isEmpty()) {
      dismiss(worker, null, told);
    }
  }

  private void dismiss(Worker worker, @Nullable Throwable reason, List<Runnable> told) {
    workers.remove(worker);
    CompletableFuture<Void> ready = worker.ready();
    told.add(
        () -> {
          work.dismissed(worker);
          worker.ended().complete(null);
          if (reason == null) {
            ready.complete(null);
          } else if (!ready.completeExceptionally(reason)) {
            log.error("{} ended by itself", worker.name(), reason);
          }
        });
  }

  private void tell(List<Runnable> told) {
    told.forEach(Runnable::run);
    work.changed();
    boolean over;
    synchronized (this) {
      over = closed && workers.isEmpty() && running.isEmpty();
    }
    if (over) {
      released.complete(null);
    }
  }

  /**
   * Lets every worker end once there is no more work, and starts none anew; those that are not open
   * yet are given up.
   *
   * @return completes when all have ended or are given up on
   */
  CompletableFuture<Void> close() {
    List<CompletableFuture<?>> endings = new ArrayList<>();
    List<Runnable> told = new ArrayList<>();
    synchronized (this) {
      closed = true;
      for (Worker worker : List.copyOf(workers)) {
        endings.add(worker.ended());
        worker
            .shift()
            .ifPresentOrElse(
                shift -> told.add(shift::giveUpOpening), () -> dismiss(worker, null, told));
      }
    }
    tell(told);
    return CompletableFuture.allOf(endings.toArray(CompletableFuture[]::new));
  }

  /** Completes once the crew is closed and no thread uses anything of it any more. */
  CompletableFuture<Void> released() {
    return released;
  }

  synchronized boolean hasAbandoned() {
    return running.abandoned() > 0;
  }

  synchronized int minWorkers() {
    return minWorkers;
  }

  synchronized int maxWorkers() {
    return maxWorkers;
  }

  synchronized List<WorkerStatus> workers() {
    return workers.stream().map(Worker::status).toList();
  }

  /** Whether there is a worker that takes requests, now or once it is open. */
  synchronized boolean takesWork() {
    return workers.stream().anyMatch(worker -> !worker.isStopping());
  }

  /** Why there are fewer workers than asked for, if some were given up for good. */
  synchronized Optional<String> failure() {
    return failure;
  }

  /** A worker's shift is over: for good, or it gets another. Called with the lock held. */
  private void settle(Worker worker, @Nullable Throwable reason, List<Runnable> told) {
    if (reason == null || worker.isStopping() || closed || !worker.hasServed()) {
      dismiss(worker, closed && !worker.hasServed() ? refusals.withdrawn() : reason, told);
      return;
    }
    worker.lostShift();
    Optional<Duration> pause = worker.backOff().pauseAfterFailure(tools.nanoClock().getAsLong());
    if (pause.isEmpty()) {
      long window = settings.timeouts().retryWindow().toSeconds();
      giveUp(
          "%s could not be started anew within %d s: %s".formatted(worker.name(), window, reason));
      dismiss(worker, refusals.noWorker(failure), told);
      return;
    }
    log.error("{} failed, starts anew in {} s", worker.name(), pause.get().toSeconds(), reason);
    var unused =
        tools.timer().schedule(() -> resume(worker), pause.get().toNanos(), TimeUnit.NANOSECONDS);
  }

  private void giveUp(String why) {
    failure = Optional.of(why);
    log.error("model {}: {}", label, why);
  }

  /** On the timer's thread. */
  private void resume(Worker worker) {
    List<Runnable> told = new ArrayList<>();
    synchronized (this) {
      if (workers.contains(worker) && worker.shift().isEmpty()) {
        try {
          begin(worker);
        } catch (Throwable e) { // the system has no more threads
          settle(worker, e, told);
        }
      }
    }
    tell(told);
  }

  @Override
  public void ready(Shift shift) {
    CompletableFuture<Void> ready;
    synchronized (this) {
      shift.worker().becameReady();
      ready = shift.worker().ready();
    }
    ready.complete(null);
  }

  @Override
  public void ended(Shift shift, @Nullable Throwable reason) {
    boolean last;
    synchronized (this) {
      last = running.ends(shift);
    }
    if (last) {
      shift.shared().close();
    }
    List<Runnable> told = new ArrayList<>();
    synchronized (this) {
      if (!running.ended(shift)) {
        settle(shift.worker(), reason, told);
      }
    }
    tell(told);
  }

  @Override
  public void abandoned(Shift shift, TimeoutException reason) {
    List<Runnable> told = new ArrayList<>();
    synchronized (this) {
      if (!running.abandon(shift)) {
        return;
      }
      if (running.abandoned() >= MOST_ABANDONED) {
        giveUp("its handler hangs in %d threads".formatted(running.abandoned()));
        List.copyOf(workers).forEach(worker -> stop(worker, told));
      }
      settle(shift.worker(), reason, told);
    }
    tools.attendance().end(shift.thread());
    tell(told);
  }
}
