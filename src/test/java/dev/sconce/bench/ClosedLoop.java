package dev.sconce.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/** Threads of which each does the same thing again and again. */
final class ClosedLoop {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private ClosedLoop() {}

  /** What one thread does; used by it alone. */
  @FunctionalInterface
  interface Step extends AutoCloseable {
    void run() throws Exception;

    @Override
    default void close() {}
  }

  /** Makes a thread's step, in that thread. */
  @FunctionalInterface
  interface StepMaker {
    Step make() throws Exception;
  }

  /**
   * What was measured, of all threads together.
   *
   * @param steps that were done
   * @param seconds that each thread did them for, on average
   * @param perSecond steps a second
   * @param cpuSeconds processor time of the whole process in the meantime
   * @param nanos what one took
   * @param readyNanos when the last thread had its step, on {@link System#nanoTime}
   */
  record Measured(
      long steps,
      double seconds,
      double perSecond,
      double cpuSeconds,
      Histogram nanos,
      long readyNanos) {

    /**
     * The figures for people.
     *
     * @param each how many requests a step is
     */
    Map<String, Object> figures(int each) {
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("requests", steps * each);
      figures.put("seconds", Tool.rounded(seconds));
      figures.put("requestsPerSecond", Tool.rounded(perSecond * each));
      figures.put("cpuSecondsPerRequest", Tool.rounded(cpuSecondsPerStep() / each));
      figures.putAll(Tool.milliseconds(nanos));
      return figures;
    }

    double cpuSecondsPerStep() {
      return cpuSeconds / steps;
    }
  }

  /** One thread's share. */
  private record Share(double seconds, Histogram nanos) {}

  /**
   * Runs so many threads, first to warm up, then to measure.
   *
   * @throws Exception what a step threw first
   */
  static Measured run(int threads, double warmUp, double seconds, StepMaker maker)
      throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      Phaser warm = new Phaser(threads + 1); // a thread that fails leaves it to the others
      AtomicLong ready = new AtomicLong(System.nanoTime());
      List<Future<Share>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        running.add(executor.submit(() -> share(warmUp, seconds, maker, warm, ready)));
      }
      warm.arriveAndAwaitAdvance();
      long cpuBefore = SYSTEM.getProcessCpuTime();
      List<Share> shares = new ArrayList<>();
      for (Future<Share> one : running) {
        shares.add(one.get());
      }
      return sum(shares, SYSTEM.getProcessCpuTime() - cpuBefore, ready.get());
    } finally {
      executor.shutdown();
    }
  }

  private static Share share(
      double warmUp, double seconds, StepMaker maker, Phaser warm, AtomicLong ready)
      throws Exception {
    try (Step step = maker.make()) {
      ready.accumulateAndGet(System.nanoTime(), Math::max);
      repeat(step, warmUp);
      warm.arriveAndAwaitAdvance();
      return repeat(step, seconds);
    } finally {
      warm.arriveAndDeregister();
    }
  }

  /** At least once. */
  private static Share repeat(Step step, double seconds) throws Exception {
    Histogram nanos = Tool.nanos();
    long start = System.nanoTime();
    long before = start;
    do {
      step.run();
      long now = System.nanoTime();
      nanos.recordValue(now - before);
      before = now;
    } while (seconds(before - start) < seconds);
    return new Share(seconds(before - start), nanos);
  }

  /** Rates are added up: each thread ends when its last step does, the others go on meanwhile. */
  private static Measured sum(List<Share> shares, long cpuNanos, long readyNanos) {
    Histogram nanos = Tool.nanos();
    double perSecond = 0;
    for (Share share : shares) {
      nanos.add(share.nanos);
      perSecond += share.nanos.getTotalCount() / share.seconds;
    }
    double average = shares.stream().mapToDouble(Share::seconds).average().orElse(0);
    return new Measured(
        nanos.getTotalCount(), average, perSecond, seconds(cpuNanos), nanos, readyNanos);
  }

  static double seconds(long nanos) {
    return nanos / (double) TimeUnit.SECONDS.toNanos(1);
  }
}
