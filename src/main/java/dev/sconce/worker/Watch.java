package dev.sconce.worker;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that no step of a worker's thread takes longer than it may. One that does is answered
 * for and interrupted; if the interrupt does not end it either, the thread is given up on.
 *
 * <p>The thread calls {@link #begin}, {@link #progress}, {@link #end} and {@link #finish}; the rest
 * happens on the timer's thread. The fields belong to this object's lock.
 */
final class Watch {
  private static final Logger log = LoggerFactory.getLogger(Watch.class);

  /** How long a thread may take to end once it is interrupted. */
  static final Duration GRACE = Duration.ofSeconds(5);

  private static final int SHOWN_FRAMES = 20;

  private final Thread thread;
  private final ScheduledExecutorService timer;
  private final LongSupplier nanoClock;
  private final Consumer<TimeoutException> onAbandoned;
  private String what = "";
  private Duration limit = Duration.ZERO;
  private List<Job> jobs = List.of();
  private long sinceNanos;
  private boolean busy;
  private boolean overran;
  private boolean abandoned;
  private @Nullable Future<?> alarm;
  private long alarmNanos;

  /**
   * A watch over one thread.
   *
   * @param onAbandoned told once, on the timer's thread, why the thread is given up on
   */
  Watch(
      Thread thread,
      ScheduledExecutorService timer,
      LongSupplier nanoClock,
      Consumer<TimeoutException> onAbandoned) {
    this.thread = thread;
    this.timer = timer;
    this.nanoClock = nanoClock;
    this.onAbandoned = onAbandoned;
  }

  /**
   * A step begins.
   *
   * @param step for the log and the failure, as in {@code a batch}
   * @param atMost how long it may take
   * @param served who is told if it takes longer
   */
  synchronized void begin(String step, Duration atMost, List<Job> served) {
    what = step;
    limit = atMost;
    jobs = served;
    sinceNanos = nanoClock.getAsLong();
    busy = true;
    if (overran) {
      overran = false;
      silence(); // that alarm was about the step before
    }
    // Alarms are seldom set: one that rings too early looks again later.
    if (alarm == null || alarmNanos - (sinceNanos + limit.toNanos()) > 0) {
      ringIn(limit);
    }
  }

  /** The step has come to something; it may take as long again. */
  synchronized void progress() {
    sinceNanos = nanoClock.getAsLong();
  }

  /**
   * The step is over.
   *
   * @throws TimeoutException if it took too long; then the thread is to end
   */
  synchronized void end() throws TimeoutException {
    busy = false;
    jobs = List.of();
    if (overran) {
      boolean unused = Thread.interrupted(); // meant for the step, not for what follows
      throw lateness();
    }
  }

  private TimeoutException lateness() {
    return new TimeoutException(what + " took longer than " + limit.toSeconds() + " s");
  }

  /** The thread has done its last step. */
  synchronized void finish() {
    busy = false;
    jobs = List.of();
    silence();
  }

  /** Ends the step under way as if it had taken too long. */
  void cutShort() {
    if (markOverrun()) {
      interrupt();
    }
  }

  /** Called with the lock held. */
  private void silence() {
    if (alarm != null) {
      alarm.cancel(false);
      alarm = null;
    }
  }

  /** Called with the lock held. */
  private void ringIn(Duration delay) {
    silence();
    alarmNanos = nanoClock.getAsLong() + delay.toNanos();
    alarm = timer.schedule(this::ring, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void ring() {
    List<Job> late;
    synchronized (this) {
      alarm = null;
      long leftNanos = limit.toNanos() - (nanoClock.getAsLong() - sinceNanos);
      if (busy && !overran && leftNanos > 0) {
        ringIn(Duration.ofNanos(leftNanos));
        return;
      }
      late = jobs;
    }
    if (!markOverrun()) {
      return;
    }
    log.error(
        "{}: {} takes longer than {} s, it is interrupted at\n{}",
        thread.getName(),
        what,
        limit.toSeconds(),
        stack());
    late.forEach(Job::giveUp);
    interrupt();
  }

  private synchronized boolean markOverrun() {
    boolean first = busy && !overran;
    overran |= busy;
    return first;
  }

  private synchronized void interrupt() {
    if (busy) {
      thread.interrupt();
      silence();
      alarm = timer.schedule(this::giveUp, GRACE.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void giveUp() {
    TimeoutException late;
    synchronized (this) {
      if (!busy || !overran || abandoned) {
        return;
      }
      abandoned = true;
      late = lateness();
    }
    log.error(
        "{}: {} does not end by an interrupt either, its thread is given up on at\n{}",
        thread.getName(),
        what,
        stack());
    onAbandoned.accept(late);
  }

  private String stack() {
    return Arrays.stream(thread.getStackTrace())
        .limit(SHOWN_FRAMES)
        .map(frame -> "  at " + frame)
        .collect(Collectors.joining("\n"));
  }
}
