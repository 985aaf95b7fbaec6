package dev.sconce.worker;

import static dev.sconce.worker.PoolFixture.settings;
import static dev.sconce.worker.PoolFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
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
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;

class WorkerPoolTest {
  private static final Duration NO_DELAY = Duration.ZERO;
  private final BlockingHandler blocking = new BlockingHandler();

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
      blocking.entered.await();
      CompletableFuture<Output> waiting = fixture.send("waiting");

      assertThatThrownBy(() -> fixture.send("too many"))
          .isInstanceOf(ServingException.class)
          .hasFieldOrPropertyWithValue("code", ErrorCode.QUEUE_FULL)
          .hasMessageContaining("queue is full");
      assertThat(fixture.pool.queued()).isEqualTo(1);

      waiting.cancel(false); // frees its place at once
      CompletableFuture<Output> late = fixture.send("late");
      blocking.release.countDown();
      assertThat(text(running)).isEqualTo("running");
      assertThat(text(late)).isEqualTo("late");
    }
  }

  /** As a caller who has its answer sees it at once. */
  @Test
  void aDescriptionTellsOfTheLastInferenceBeforeItsAnswerGoesOut() throws Exception {
    List<String> seen = new ArrayList<>();
    EchoHandler handler =
        new EchoHandler() {
          @Override
          public List<String> inference(List<String> batch) {
            seen.addAll(batch);
            if (batch.contains("bad")) {
              throw new IllegalStateException("on purpose");
            }
            return batch;
          }

          @Override
          public Map<String, Object> describe() {
            return Map.of("seen", List.copyOf(seen));
          }
        };
    try (PoolFixture fixture = new PoolFixture(settings(1, NO_DELAY, 5), handler)) {
      fixture.scale(1);
      assertThat(fixture.pool.handlerDescription()).containsEntry("seen", List.of());
      text(fixture.send("a"));
      assertThat(fixture.pool.handlerDescription()).containsEntry("seen", List.of("a"));
      assertThatThrownBy(fixture.send("bad")::get).hasMessageContaining("Prediction failed");
      assertThat(fixture.pool.handlerDescription()).containsEntry("seen", List.of("a", "bad"));
    }
  }

  @Test
  void aWorkerIsAtWorkWhileItHasABatch() throws Exception {
    PoolFixture fixture = new PoolFixture(settings(1, NO_DELAY, 5), blocking);
    try (fixture) {
      fixture.scale(2);
      assertThat(fixture.atWork).isEmpty();
      CompletableFuture<Output> answer = fixture.send("a");
      blocking.entered.await();
      assertThat(fixture.atWork).hasSize(1);
      blocking.release.countDown();
      text(answer);
    }
    assertThat(fixture.atWork).isEmpty();
    assertThat(fixture.abandoned).isEmpty();
  }

  @Test
  void aStreamIsDrawnOnTheWorkersThreadAsTheClientTakesIt() throws Exception {
    List<String> drawnBy = Collections.synchronizedList(new ArrayList<>());
    List<Thread> atWork = Collections.synchronizedList(new ArrayList<>());
    PoolFixture[] pool = new PoolFixture[1];
    EchoHandler handler =
        new EchoHandler() {
          @Override
          public Output postprocess(Input input, String result) {
            return Output.stream(
                "text/plain",
                List.of("a", "b", "c").stream()
                    .peek(chunk -> drawnBy.add(Thread.currentThread().getName()))
                    .peek(chunk -> atWork.addAll(pool[0].atWork))
                    .map(chunk -> ByteBuffer.wrap(chunk.getBytes(StandardCharsets.UTF_8)))
                    .iterator());
          }
        };
    try (PoolFixture fixture = new PoolFixture(settings(1, NO_DELAY, 5), handler)) {
      pool[0] = fixture;
      fixture.scale(1);
      Output.Stream stream = (Output.Stream) fixture.send("x").get();
      assertThat(collect(stream).get()).isEqualTo("abc");
      assertThat(drawnBy).hasSize(3).allMatch(thread -> thread.startsWith("W-9000-echo_1.0"));
      assertThat(atWork).isEmpty(); // a client may take its time
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
      String loadTime = "WorkerLoadTime{WorkerName=\"W-9000-echo_1.0\",Level=\"Host\",";
      assertThat(fixture.registry.text(Set.of())).contains(loadTime);
      fixture.scale(0); // the worker has done its counting
      assertThat(fixture.registry.text(Set.of()))
          .contains(
              "ts_inference_requests_total{model_name=\"echo\",model_version=\"default\","
                  + "hostname=\"host\",} 1.0")
          .containsPattern("ts_inference_latency_microseconds\\{[^}]*} [0-9.E]+")
          .doesNotContain(loadTime);
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
