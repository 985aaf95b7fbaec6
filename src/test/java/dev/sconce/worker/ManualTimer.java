package dev.sconce.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A clock that only the test moves, and a timer that goes by it, in the test's thread. */
public final class ManualTimer extends AbstractExecutorService implements ScheduledExecutorService {
  private final PriorityQueue<Task<?>> tasks = new PriorityQueue<>();
  private long nowNanos;

  private final class Task<T> extends FutureTask<T> implements ScheduledFuture<T> {
    private final long delayNanos;
    private final long atNanos;

    Task(Callable<T> work, long delayNanos) {
      super(work);
      this.delayNanos = delayNanos;
      this.atNanos = nowNanos + delayNanos;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(atNanos - nanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(atNanos, ((Task<?>) other).atNanos);
    }
  }

  /** The clock. */
  public synchronized long nanos() {
    return nowNanos;
  }

  /** Lets time pass; what falls due is run. */
  public void advance(Duration time) {
    long end = nanos() + time.toNanos();
    for (@Nullable Task<?> due = next(end); due != null; due = next(end)) {
      due.run();
    }
  }

  private synchronized @Nullable Task<?> next(long endNanos) {
    @Nullable Task<?> first = tasks.peek();
    if (first == null || first.atNanos > endNanos) {
      nowNanos = endNanos;
      return null;
    }
    nowNanos = Math.max(nowNanos, first.atNanos);
    return tasks.poll();
  }

  /** Waits until something is to happen after {@code delay}, and lets that time pass. */
  public void advanceOnceScheduled(Duration delay) throws InterruptedException {
    synchronized (this) {
      while (tasks.stream()
          .noneMatch(task -> !task.isCancelled() && task.delayNanos == delay.toNanos())) {
        wait();
      }
    }
    advance(delay);
  }

  @Override
  public synchronized <T> ScheduledFuture<T> schedule(Callable<T> work, long delay, TimeUnit unit) {
    Task<T> task = new Task<>(work, unit.toNanos(delay));
    tasks.add(task);
    notifyAll();
    return task;
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
    return schedule(
        () -> {
          work.run();
          return 0;
        },
        delay,
        unit);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable work, long first, long period, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable work, long first, long delay, TimeUnit unit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void execute(Runnable work) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return new ArrayList<>();
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long time, TimeUnit unit) {
    return true;
  }
}
