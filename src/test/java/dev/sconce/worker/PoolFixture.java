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
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A pool with everything it needs, for tests; closing it closes the pool. */
final class PoolFixture implements AutoCloseable {
  static final Duration LONG = Duration.ofSeconds(60);

  final MetricRegistry registry = new MetricRegistry(MetricsMode.ALL, Clock.systemUTC());
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
  private final AtomicInteger ids = new AtomicInteger(9000);
  final WorkerPool pool;

  PoolFixture(PoolSettings settings, HandlerOpener opener) {
    PoolTools tools =
        new PoolTools(
            new InferenceMetrics(registry, "host"),
            ids::getAndIncrement,
            timer,
            Clock.systemUTC(),
            System::nanoTime);
    pool = new WorkerPool("echo", "1.0", settings, opener, tools);
  }

  PoolFixture(PoolSettings settings, Handler<?, ?> handler) {
    this(settings, (device, shared) -> handler);
  }

  static PoolSettings settings(int batchSize, Duration delay, int capacity) {
    return new PoolSettings(batchSize, delay, capacity, LONG, List.of(Device.CPU));
  }

  void scale(int workers) throws Exception {
    pool.scale(workers, workers).get(60, TimeUnit.SECONDS);
  }

  CompletableFuture<Output> send(String text) {
    return send(text, LONG);
  }

  CompletableFuture<Output> send(String text, Duration patience) {
    Map<String, Part> parts = Map.of("body", Part.of(text));
    Deadline deadline = Deadline.after(patience, System::nanoTime);
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
