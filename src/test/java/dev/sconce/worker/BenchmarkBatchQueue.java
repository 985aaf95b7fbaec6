package dev.sconce.worker;

import dev.sconce.handler.Deadline;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.handler.Part;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a request costs between the event loop and a handler. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class BenchmarkBatchQueue {
  private static final int CAPACITY = 100;
  private static final Deadline NEVER = Deadline.after(Duration.ofDays(1), System::nanoTime);
  private static final Input INPUT =
      new Input("benchmark", Map.of("body", Part.of("hello")), Map.of(), NEVER);

  /** Requests of one batch. */
  @Param({"1", "8"})
  public int batch;

  private final BatchQueue queue = new BatchQueue(CAPACITY, false);
  private PoolFixture pool;

  /** A worker that answers what it is sent, and waits for no others. */
  @Setup
  public void open() throws Exception {
    pool = new PoolFixture(PoolFixture.settings(batch, Duration.ZERO, CAPACITY), new EchoHandler());
    pool.scale(1);
  }

  /** Ends it. */
  @TearDown
  public void close() {
    pool.close();
  }

  /** A batch into the queue and out of it, in one thread. */
  @Benchmark
  public List<Job> offerAndTake() throws InterruptedException {
    for (int i = 0; i < batch; i++) {
      queue.offer(new Job(INPUT, "default", 0, new CompletableFuture<>()));
    }
    return queue.take(batch, 0, () -> false);
  }

  /** As many requests through a worker, whose thread is woken for them, and back. */
  @Benchmark
  public Output throughWorker() {
    CompletableFuture<Output> last = pool.send("hello");
    for (int i = 1; i < batch; i++) {
      last = last.thenCombine(pool.send("hello"), (before, now) -> now);
    }
    return last.join();
  }
}
