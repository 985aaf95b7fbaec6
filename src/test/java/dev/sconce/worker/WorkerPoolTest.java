package dev.sconce.worker;

import static dev.sconce.worker.PoolFixture.LONG;
import static dev.sconce.worker.PoolFixture.settings;
import static dev.sconce.worker.PoolFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Device;
import dev.sconce.handler.HandlerOpener;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerPoolTest {
  private static final Duration NO_DELAY = Duration.ZERO;
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);

  private final EchoHandler blocking =
      new EchoHandler() {
        @Override
        public List<String> inference(List<String> batch) throws Exception {
          entered.countDown();
          release.await();
          return batch;
        }
      };

  @Test
  void withoutWorkersARequestIsRefusedAtOnce() throws Exception {
    try (PoolFixture fixture = new PoolFixture(settings(1, NO_DELAY, 1), new EchoHandler())) {
      assertThatThrownBy(() -> fixture.send("x"))
          .isInstanceOf(ServingException.class)
          .hasFieldOrPropertyWithValue("code", ErrorCode.NO_WORKER)
          .hasMessageStartingWith("Model \"echo\" has no worker to serve inference request.");
    }
  }

  @Test
  void aFullQueueRefusesAndKeepsWorkersBusy() throws Exception {
    try (PoolFixture fixture = new PoolFixture(settings(1, NO_DELAY, 1), blocking)) {
      fixture.scale(1);
      CompletableFuture<Output> running = fixture.send("running");
      entered.await();
      CompletableFuture<Output> waiting = fixture.send("waiting");

      assertThatThrownBy(() -> fixture.send("too many"))
          .isInstanceOf(ServingException.class)
          .hasFieldOrPropertyWithValue("code", ErrorCode.QUEUE_FULL)
          .hasMessageContaining("queue is full");
      assertThat(fixture.pool.queued()).isEqualTo(1);

      waiting.cancel(false); // frees its place at once
      CompletableFuture<Output> late = fixture.send("late");
      release.countDown();
      assertThat(text(running)).isEqualTo("running");
      assertThat(text(late)).isEqualTo("late");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 1, min_worker: -1",
    "1001, 1001, min_worker: 1001",
    "2, 1, max_worker cannot be less than min_worker"
  })
  void contradictoryNumbersOfWorkersAreRefused(int min, int max, String message) throws Exception {
    try (PoolFixture fixture = new PoolFixture(settings(1, NO_DELAY, 1), new EchoHandler())) {
      assertThatThrownBy(() -> fixture.pool.scale(min, max))
          .isInstanceOf(ServingException.class)
          .hasFieldOrPropertyWithValue("code", ErrorCode.BAD_REQUEST)
          .hasMessageContaining(message);
    }
  }

  @Test
  void scalingDownLetsTheBatchInFlightFinish() throws Exception {
    try (PoolFixture fixture = new PoolFixture(settings(1, NO_DELAY, 5), blocking)) {
      fixture.scale(1);
      CompletableFuture<Output> running = fixture.send("running");
      entered.await();
      CompletableFuture<Output> waiting = fixture.send("waiting");
      CompletableFuture<Void> gone = fixture.pool.scale(0, 0);
      release.countDown();

      assertThat(text(running)).isEqualTo("running");
      assertThatThrownBy(waiting::get)
          .cause()
          .hasFieldOrPropertyWithValue("code", ErrorCode.NO_WORKER);
      gone.get();
      assertThat(fixture.pool.workers()).isEmpty();
    }
  }

  @Test
  void closingAnswersEverythingThatWaits() throws Exception {
    PoolFixture fixture = new PoolFixture(settings(2, NO_DELAY, 5), blocking);
    fixture.scale(1);
    CompletableFuture<Output> running = fixture.send("running");
    entered.await();
    CompletableFuture<Output> waiting = fixture.send("waiting");
    CompletableFuture<Void> closed = fixture.pool.close();
    release.countDown();

    assertThat(text(running)).isEqualTo("running");
    assertThat(text(waiting)).isEqualTo("waiting");
    closed.get();
    assertThatThrownBy(() -> fixture.send("late")).isInstanceOf(ServingException.class);
    fixture.close();
  }

  @Test
  void workersAreDealtOutOverTheDevicesAndShareOnEach() throws Exception {
    List<String> events = Collections.synchronizedList(new ArrayList<>());
    HandlerOpener opener =
        (device, shared) -> {
          shared.open("weights", AutoCloseable.class, () -> () -> events.add("close " + device));
          return new EchoHandler();
        };
    PoolSettings settings =
        new PoolSettings(1, NO_DELAY, 5, LONG, List.of(Device.cuda(0), Device.cuda(2)));
    try (PoolFixture fixture = new PoolFixture(settings, opener)) {
      fixture.scale(3);
      assertThat(fixture.pool.workers())
          .extracting(worker -> worker.device().toString())
          .containsExactly("cuda:0", "cuda:2", "cuda:0");
      assertThat(fixture.pool.workers())
          .extracting(WorkerStatus::id)
          .containsExactly(9000, 9001, 9002);

      fixture.scale(2); // cuda:0 keeps one worker
      assertThat(events).isEmpty();
      fixture.scale(1);
      assertThat(events).containsExactly("close cuda:2");
    }
    assertThat(events).containsExactly("close cuda:2", "close cuda:0");
  }

  @Test
  void whenAHandlerCannotBeOpenedNothingIsLeftOfItAndTheReasonIsTold() throws Exception {
    List<String> events = Collections.synchronizedList(new ArrayList<>());
    HandlerOpener opener =
        (device, shared) -> {
          shared.open("weights", AutoCloseable.class, () -> () -> events.add("closed"));
          throw new ServingException(ErrorCode.INVALID_MODEL, "no weights");
        };
    try (PoolFixture fixture = new PoolFixture(settings(1, NO_DELAY, 5), opener)) {
      assertThatThrownBy(() -> fixture.scale(1))
          .hasCause(new ServingException(ErrorCode.INVALID_MODEL, "no weights"));
      assertThat(events).containsExactly("closed");
      assertThat(fixture.pool.workers()).isEmpty();
      assertThat(fixture.pool.readyWorkers()).isZero();
    }
  }

  @Test
  void aStreamIsDrawnOnTheWorkersThreadAsTheClientTakesIt() throws Exception {
    List<String> drawnBy = Collections.synchronizedList(new ArrayList<>());
    EchoHandler handler =
        new EchoHandler() {
          @Override
          public Output postprocess(Input input, String result) {
            return Output.stream(
                "text/plain",
                List.of("a", "b", "c").stream()
                    .peek(chunk -> drawnBy.add(Thread.currentThread().getName()))
                    .map(chunk -> ByteBuffer.wrap(chunk.getBytes(StandardCharsets.UTF_8)))
                    .iterator());
          }
        };
    try (PoolFixture fixture = new PoolFixture(settings(1, NO_DELAY, 5), handler)) {
      fixture.scale(1);
      Output.Stream stream = (Output.Stream) fixture.send("x").get();
      assertThat(collect(stream).get()).isEqualTo("abc");
      assertThat(drawnBy).hasSize(3).allMatch(thread -> thread.startsWith("W-9000-echo_1.0"));
    }
  }

  @Test
  void aStreamThatNobodyTakesFreesTheWorkerOnceCancelled() throws Exception {
    EchoHandler handler =
        new EchoHandler() {
          @Override
          public Output postprocess(Input input, String result) throws Exception {
            return result.equals("stream")
                ? Output.stream("text/plain", Collections.emptyIterator())
                : super.postprocess(input, result);
          }
        };
    try (PoolFixture fixture = new PoolFixture(settings(1, NO_DELAY, 5), handler)) {
      fixture.scale(1);
      Output.Stream stream = (Output.Stream) fixture.send("stream").get();
      stream.chunks().cancel();
      assertThat(text(fixture.send("next"))).isEqualTo("next");
    }
  }

  private static CompletableFuture<String> collect(Output.Stream stream) {
    CompletableFuture<String> all = new CompletableFuture<>();
    StringBuilder text = new StringBuilder();
    stream
        .chunks()
        .subscribe(
            new Flow.Subscriber<>() {
              @Override
              public void onSubscribe(Flow.Subscription given) {
                given.request(Long.MAX_VALUE);
              }

              @Override
              public void onNext(ByteBuffer chunk) {
                text.append(StandardCharsets.UTF_8.decode(chunk));
              }

              @Override
              public void onError(Throwable failure) {
                all.completeExceptionally(failure);
              }

              @Override
              public void onComplete() {
                all.complete(text.toString());
              }
            });
    return all;
  }

  @Test
  void requestsAndTheirTimesAreCounted() throws Exception {
    try (PoolFixture fixture = new PoolFixture(settings(1, NO_DELAY, 5), new EchoHandler())) {
      fixture.scale(1);
      text(fixture.send("x"));
      fixture.scale(0); // the worker has done its counting
      String text = fixture.registry.text(Set.of());
      assertThat(text)
          .contains(
              "ts_inference_requests_total{model_name=\"echo\",model_version=\"default\","
                  + "hostname=\"host\",} 1.0")
          .containsPattern("ts_inference_latency_microseconds\\{[^}]*} [0-9.E]+")
          .contains("WorkerLoadTime{WorkerName=\"W-9000-echo_1.0\",Level=\"Host\",");
    }
  }

  @Test
  void theHandlersWordsAboutItselfAreKept() throws Exception {
    EchoHandler handler =
        new EchoHandler() {
          @Override
          public Map<String, Object> describe() {
            return Map.of("pipeline", "echo");
          }
        };
    try (PoolFixture fixture = new PoolFixture(settings(1, NO_DELAY, 5), handler)) {
      fixture.scale(1);
      assertThat(fixture.pool.handlerDescription()).containsEntry("pipeline", "echo");
    }
  }
}
