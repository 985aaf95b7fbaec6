package dev.sconce.worker;

import dev.sconce.handler.Deadline;
import dev.sconce.handler.Device;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerOpener;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.handler.Part;
import dev.sconce.metrics.MetricRegistry;
import dev.sconce.metrics.MetricsMode;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** A pool with everything it needs, for tests; closing it closes the pool. */
final class PoolFixture implements AutoCloseable {
  static final Duration LONG = Duration.ofSeconds(60);
  static final Timeouts TIMEOUTS = new Timeouts(LONG, LONG, Duration.ZERO, LONG);

  final MetricRegistry registry = new MetricRegistry(MetricsMode.ALL, Clock.systemUTC());
  private final ScheduledExecutorService timer;
  private final LongSupplier nanoClock;
  private final AtomicInteger ids = new AtomicInteger(9000);
  private final Attended attended = new Attended();
  final List<Thread> atWork = attended.atWork;
  final List<Thread> abandoned = attended.abandoned;
  final WorkerPool pool;

  /** Remembers what it is told. */
  private static final class Attended implements Attendance {
    private final List<Thread> atWork = Collections.synchronizedList(new ArrayList<>());
    private final List<Thread> abandoned = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void begin(Thread thread) {
      atWork.add(thread);
    }

    @Override
    public void end(Thread thread) {
      atWork.remove(thread);
      if (thread != Thread.currentThread()) {
        abandoned.add(thread);
      }
    }
  }

  PoolFixture(PoolSettings settings, HandlerOpener opener) {
    this(settings, opener, Executors.newScheduledThreadPool(1), System::nanoTime);
  }

  /** Where time passes as the test has it. */
  PoolFixture(PoolSettings settings, HandlerOpener opener, ManualTimer timer) {
    this(settings, opener, timer, timer::nanos);
  }

  private PoolFixture(
      PoolSettings settings,
      HandlerOpener opener,
      ScheduledExecutorService timer,
      LongSupplier nanoClock) {
    this.timer = timer;
    this.nanoClock = nanoClock;
    PoolTools tools =
        new PoolTools(
            new InferenceMetrics(registry, "host"),
            ids::getAndIncrement,
            timer,
            Clock.systemUTC(),
            nanoClock,
            attended);
    pool = new WorkerPool("echo", "1.0", settings, opener, tools);
  }

  PoolFixture(PoolSettings settings, Handler<?, ?> handler) {
    this(settings, (device, shared) -> handler);
  }

  static PoolSettings settings(int batchSize, Duration delay, int capacity) {
    return new PoolSettings(batchSize, delay, capacity, false, TIMEOUTS, List.of(Device.CPU));
  }

  void scale(int workers) throws Exception {
    pool.scale(workers, workers).get(60, TimeUnit.SECONDS);
  }

  CompletableFuture<Output> send(String text) {
    return send(text, LONG);
  }

  CompletableFuture<Output> send(String text, Duration patience) {
    Map<String, Part> parts = Map.of("body", Part.of(text));
    Deadline deadline = Deadline.after(patience, nanoClock);
    return pool.submit(new Input("id-" + text, parts, Map.of(), deadline), "default");
  }

  static String text(CompletableFuture<Output> answer) throws Exception {
    Output.Answer whole = (Output.Answer) answer.get(60, TimeUnit.SECONDS);
    return StandardCharsets.UTF_8.decode(whole.body().duplicate()).toString();
  }

  @Override
  public void close() {
    pool.close().orTimeout(60, TimeUnit.SECONDS).join();
    timer.shutdownNow();
  }
}
