package dev.sconce.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The bounded queue of one model version, and the rule by which batches come out of it.
 *
 * <p>One worker at a time forms a batch: it waits for a first job, then up to the delay for more.
 * Were several to form batches at once, each would get a few of the jobs that arrive together.
 */
final class BatchQueue {
  /** What became of an offered job. */
  enum Offer {
    ACCEPTED,
    FULL,
    NO_IDLE_WORKER,
    CLOSED
  }

  private final int capacity;
  private final boolean onlyIdleWorkers;

  /** Guards all fields below. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition arrived = lock.newCondition();
  private final Condition formed = lock.newCondition();
  private final Deque<Job> jobs = new ArrayDeque<>();
  private boolean forming;
  private boolean closed;

  /** Workers that wait in {@link #take}. */
  private int idle;

  /**
   * An empty queue.
   *
   * @param onlyIdleWorkers whether a job is refused that no idle worker could take at once
   */
  BatchQueue(int capacity, boolean onlyIdleWorkers) {
    this.capacity = capacity;
    this.onlyIdleWorkers = onlyIdleWorkers;
  }

  /** Takes a job in, unless the queue is full or closed; never waits. */
  Offer offer(Job job) {
    lock.lock();
    try {
      if (closed) {
        return Offer.CLOSED;
      }
      if (jobs.size() >= room()) {
        jobs.removeIf(Job::isAbandoned);
      }
      if (jobs.size() >= room()) {
        return room() < capacity ? Offer.NO_IDLE_WORKER : Offer.FULL;
      }
      jobs.add(job);
      arrived.signal();
      return Offer.ACCEPTED;
    } finally {
      lock.unlock();
    }
  }

  private int room() {
    return onlyIdleWorkers ? Math.min(idle, capacity) : capacity;
  }

  /**
   * The next batch: waits for a first job as long as it takes, then for up to {@code delayNanos}
   * more until there are {@code size}. Jobs nobody waits for are left out.
   *
   * @param stopped whether the calling worker is to end; see {@link #wakeAll}
   * @return at least one job, or none once the worker is to end or the queue is closed and empty
   */
  List<Job> take(int size, long delayNanos, BooleanSupplier stopped) throws InterruptedException {
    lock.lockInterruptibly();
    idle++;
    try {
      while (forming && !stopped.getAsBoolean()) {
        formed.await();
      }
      if (stopped.getAsBoolean()) {
        return List.of();
      }
      forming = true;
      try {
        return form(size, delayNanos, stopped);
      } finally {
        forming = false;
        formed.signal();
      }
    } finally {
      idle--;
      lock.unlock();
    }
  }

  private List<Job> form(int size, long delayNanos, BooleanSupplier stopped)
      throws InterruptedException {
    List<Job> batch = new ArrayList<>(size);
    @Nullable Job next = pollAlive();
    while (next == null && !stopped.getAsBoolean() && !closed) {
      arrived.await();
      next = pollAlive();
    }
    long waitNanos = delayNanos;
    while (next != null) {
      batch.add(next);
      next = batch.size() < size ? pollAlive() : null;
      while (next == null && batch.size() < size && waitNanos > 0 && !closed) {
        waitNanos = arrived.awaitNanos(waitNanos);
        next = pollAlive();
      }
    }
    return batch;
  }

  private @Nullable Job pollAlive() {
    @Nullable Job job = jobs.poll();
    while (job != null && job.isAbandoned()) {
      job = jobs.poll();
    }
    return job;
  }

  /** Lets every waiting worker look again whether it is to end. */
  void wakeAll() {
    lock.lock();
    try {
      arrived.signalAll();
      formed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Refuses jobs from now on; those inside are still given out. */
  void close() {
    lock.lock();
    try {
      closed = true;
      arrived.signalAll();
      formed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes out whatever still waits. */
  List<Job> drain() {
    lock.lock();
    try {
      List<Job> waiting = new ArrayList<>(jobs);
      jobs.clear();
      return waiting;
    } finally {
      lock.unlock();
    }
  }

  /** How many jobs wait. */
  int size() {
    lock.lock();
    try {
      return jobs.size();
    } finally {
      lock.unlock();
    }
  }

  int capacity() {
    return capacity;
  }
}
