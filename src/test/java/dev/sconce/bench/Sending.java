package dev.sconce.bench;

import io.netty.channel.EventLoop;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.HdrHistogram.Histogram;

/**
 * Sends at a constant rate, however late the answers are. An answer's time is counted from when its
 * request was to be sent, so that what a server makes wait counts for all who wait. Belongs to its
 * event loop.
 */
final class Sending {
  private static final int OK = 200;

  private final EventLoop loop;
  private final Plan plan;
  private final Target target;
  private final CompletableFuture<Void> answered = new CompletableFuture<>();
  private final Map<String, Integer> statuses = new TreeMap<>();
  private final Histogram okNanos = Tool.nanos();
  private final Histogram otherNanos = Tool.nanos();
  private final Histogram lateNanos = Tool.nanos();
  private long next;
  private long underWay;
  private int sent;
  private int okInTime;

  /**
   * When what is sent.
   *
   * @param rate requests a second
   * @param startNanos when the first is due, on {@link System#nanoTime}
   * @param countedNanos from when on they count
   * @param endNanos when there are no more
   */
  record Plan(double rate, long startNanos, long countedNanos, long endNanos) {
    long dueNanos(long index) {
      return startNanos + Math.round(index * TimeUnit.SECONDS.toNanos(1) / rate);
    }

    double seconds() {
      return (endNanos - countedNanos) / (double) TimeUnit.SECONDS.toNanos(1);
    }
  }

  /** What requests are sent to. */
  @FunctionalInterface
  interface Target {
    /**
     * Sends a request.
     *
     * @param answered is told the answer's status, or {@link Client#NO_ANSWER}
     */
    void send(IntConsumer answered);
  }

  /** Nothing is sent before {@link #start}. */
  Sending(EventLoop loop, Plan plan, Target target) {
    this.loop = loop;
    this.plan = plan;
    this.target = target;
  }

  /** Begins. May be called from any thread. */
  void start() {
    later(plan.startNanos - System.nanoTime());
  }

  /** Completes once everything is sent and answered. */
  CompletableFuture<Void> answered() {
    return answered;
  }

  private void later(long nanos) {
    loop.schedule(this::sendDue, Math.max(0, nanos), TimeUnit.NANOSECONDS)
        .addListener(
            done -> {
              if (!done.isSuccess()) {
                answered.completeExceptionally(done.cause());
              }
            });
  }

  private void sendDue() {
    long now = System.nanoTime();
    long due = plan.dueNanos(next);
    while (due - now <= 0 && due - plan.endNanos < 0) {
      send(due);
      next++;
      due = plan.dueNanos(next);
    }
    if (due - plan.endNanos < 0) {
      later(due - System.nanoTime());
    } else {
      lookForEnd();
    }
  }

  private void send(long dueNanos) {
    boolean counts = dueNanos - plan.countedNanos >= 0;
    if (counts) {
      sent++;
      lateNanos.recordValue(Math.max(0, System.nanoTime() - dueNanos));
    }
    underWay++;
    target.send(
        status -> {
          answered(status, dueNanos, counts);
          underWay--;
          lookForEnd();
        });
  }

  private void answered(int status, long dueNanos, boolean counts) {
    long now = System.nanoTime();
    if (status == OK && now - plan.countedNanos >= 0 && now - plan.endNanos < 0) {
      okInTime++;
    }
    if (counts) {
      boolean failed = status == Client.NO_ANSWER;
      statuses.merge(failed ? "failed" : "" + status, 1, Integer::sum);
      if (!failed) {
        (status == OK ? okNanos : otherNanos).recordValue(now - dueNanos);
      }
    }
  }

  private void lookForEnd() {
    if (underWay == 0 && plan.dueNanos(next) - plan.endNanos >= 0) {
      answered.complete(null);
    }
  }

  /**
   * What came of it; to be called on the event loop. {@code goodput} are the 200s a second that
   * came while requests were sent and counted, {@code lateP99Ms} is how late this side was.
   */
  Map<String, Object> found() {
    Map<String, Object> found = new LinkedHashMap<>();
    int came = statuses.values().stream().mapToInt(Integer::intValue).sum();
    found.put("rate", plan.rate);
    found.put("seconds", plan.seconds());
    found.put("sent", sent);
    found.put("answered", statuses);
    found.put("unanswered", sent - came);
    found.put("goodput", Tool.rounded(okInTime / plan.seconds()));
    found.putAll(Tool.milliseconds(okNanos));
    found.put("refusals", Tool.milliseconds(otherNanos));
    found.put("lateP99Ms", Tool.milliseconds(lateNanos).getOrDefault("p99Ms", 0));
    return found;
  }
}
