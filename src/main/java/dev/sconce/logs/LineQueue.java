package dev.sconce.logs;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Lines on their way to a file or a terminal, written on a thread of its own. Who logs never waits:
 * lines that do not fit in are lost, and how many is told.
 *
 * <p>In the place of Logback's own {@code AsyncAppender}, which wakes its thread for every line and
 * has every line written through by itself: with ten lines for a request, that took a third of the
 * time of a request that does nothing. Here lines gather for a moment and are written together.
 */
final class LineQueue extends UnsynchronizedAppenderBase<ILoggingEvent> {
  /** How long lines gather. */
  private static final long GATHERING_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** For how long the end waits until all is written. */
  private static final long LAST_LINES_MILLIS = TimeUnit.SECONDS.toMillis(1);

  private final Logger log;
  private final OutputStreamAppender<ILoggingEvent> output;
  private final BlockingQueue<ILoggingEvent> waiting;
  private final AtomicLong lost = new AtomicLong();
  private final Thread writer;

  /**
   * A queue; {@link #start} starts its thread.
   *
   * @param output where the lines go; closed by this
   * @param capacity how many lines may wait
   */
  LineQueue(
      LoggerContext context,
      String name,
      OutputStreamAppender<ILoggingEvent> output,
      int capacity) {
    setContext(context);
    setName(name);
    this.log = context.getLogger(LineQueue.class);
    this.output = output;
    this.waiting = new ArrayBlockingQueue<>(capacity);
    this.writer = new Thread(this::writeAll, "log-" + name);
    writer.setDaemon(true);
  }

  @Override
  public void start() {
    super.start();
    writer.start();
  }

  @Override
  protected void append(ILoggingEvent event) {
    event.prepareForDeferredProcessing();
    if (!waiting.offer(event)) {
      lost.incrementAndGet();
    }
  }

  private void writeAll() {
    List<ILoggingEvent> lines = new ArrayList<>();
    while (awaitOne(lines)) {
      waiting.drainTo(lines);
      write(lines);
      tellLost();
      LockSupport.parkNanos(this, GATHERING_NANOS);
    }
    waiting.drainTo(lines);
    write(lines);
    output.stop();
  }

  /** Whether one has come; none does after the end. */
  private boolean awaitOne(List<ILoggingEvent> lines) {
    try {
      return isStarted() && lines.add(waiting.take());
    } catch (InterruptedException e) {
      return false; // by stop
    }
  }

  /** Writes them, the last one through to the disk. */
  private void write(List<ILoggingEvent> lines) {
    int last = lines.size() - 1;
    for (int i = 0; i <= last; i++) {
      output.setImmediateFlush(i == last);
      output.doAppend(lines.get(i));
    }
    lines.clear();
  }

  private void tellLost() {
    long count = lost.getAndSet(0);
    if (count > 0) {
      log.warn("{}: {} lines were lost, for more came than could be written", name, count);
    }
  }

  /** Writes what still waits, unless that takes longer than a second. */
  @Override
  public void stop() {
    if (!isStarted()) {
      return;
    }
    super.stop();
    writer.interrupt();
    try {
      writer.join(LAST_LINES_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
