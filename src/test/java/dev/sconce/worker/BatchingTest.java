package dev.sconce.worker;

import static dev.sconce.worker.PoolFixture.settings;
import static dev.sconce.worker.PoolFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchingTest {
  private static final Duration SHORT = Duration.ofMillis(20);

  /** Remembers every batch; can be made to fail at one text in one step. */
  private static class Recorder extends EchoHandler {
    final List<List<String>> batches = Collections.synchronizedList(new ArrayList<>());
    private final String badStep;

    Recorder(String badStep) {
      this.badStep = badStep;
    }

    Recorder() {
      this("none");
    }

    @Override
    public String preprocess(Input input) throws Exception {
      failAt("preprocess", super.preprocess(input));
      return super.preprocess(input);
    }

    @Override
    public List<String> inference(List<String> batch) throws Exception {
      batches.add(batch);
      for (String text : batch) {
        failAt("inference", text);
      }
      boolean tooFew = badStep.equals("count") && batch.contains("bad");
      return tooFew ? batch.subList(1, batch.size()) : batch;
    }

    @Override
    public Output postprocess(Input input, String result) throws Exception {
      failAt("postprocess", result);
      return super.postprocess(input, result);
    }

    private void failAt(String step, String text) {
      if (step.equals(badStep) && text.equals("bad")) {
        throw new IllegalStateException("secret detail");
      }
    }
  }

  @Test
  void jobsThatWaitTogetherAreOneBatchAndKeepTheirOrder() throws Exception {
    Recorder handler = new Recorder();
    try (PoolFixture fixture = new PoolFixture(settings(4, SHORT, 10), blockedFirst(handler))) {
      fixture.scale(1);
      List<CompletableFuture<Output>> answers = new ArrayList<>();
      answers.add(fixture.send("first"));
      handlerBusy.await();
      for (String text : List.of("a", "b", "c", "d", "e")) {
        answers.add(fixture.send(text));
      }
      release.countDown();

      assertThat(text(answers.get(5))).isEqualTo("e");
      assertThat(handler.batches)
          .containsExactly(List.of("first"), List.of("a", "b", "c", "d"), List.of("e"));
    }
  }

  private final CountDownLatch handlerBusy = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);

  /** Holds the batch that starts with {@code first} until the test releases it. */
  private EchoHandler blockedFirst(Recorder recorder) {
    return new EchoHandler() {
      @Override
      public List<String> inference(List<String> batch) throws Exception {
        if (batch.get(0).equals("first")) {
          handlerBusy.countDown();
          release.await();
        }
        return recorder.inference(batch);
      }
    };
  }

  @Test
  void aBatchThatDoesNotFillIsRunAfterTheDelay() throws Exception {
    Recorder handler = new Recorder();
    try (PoolFixture fixture = new PoolFixture(settings(8, SHORT, 10), handler)) {
      fixture.scale(1);
      assertThat(text(fixture.send("lonely"))).isEqualTo("lonely");
      assertThat(handler.batches).containsExactly(List.of("lonely"));
    }
  }

  @Test
  void aStreamThatNobodyTakesHoldsUpNoOtherAnswerOfItsBatch() throws Exception {
    EchoHandler handler =
        new EchoHandler() {
          @Override
          public Output postprocess(Input input, String result) throws Exception {
            return result.equals("stream")
                ? Output.stream("text/plain", Collections.emptyIterator())
                : super.postprocess(input, result);
          }
        };
    try (PoolFixture fixture = new PoolFixture(settings(2, Duration.ofSeconds(5), 10), handler)) {
      fixture.scale(1);
      CompletableFuture<Output> stream = fixture.send("stream");
      CompletableFuture<Output> plain = fixture.send("plain");
      assertThat(text(plain)).isEqualTo("plain");
      ((Output.Stream) stream.get()).chunks().cancel();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"preprocess", "inference", "postprocess", "count"})
  void oneBadItemCostsNoOtherItsAnswer(String badStep) throws Exception {
    Recorder handler = new Recorder(badStep);
    try (PoolFixture fixture = new PoolFixture(settings(3, Duration.ofSeconds(5), 10), handler)) {
      fixture.scale(1);
      CompletableFuture<Output> before = fixture.send("before");
      CompletableFuture<Output> bad = fixture.send("bad");
      CompletableFuture<Output> after = fixture.send("after");

      assertThat(text(before)).isEqualTo("before");
      assertThat(text(after)).isEqualTo("after");
      assertThatThrownBy(bad::get)
          .isInstanceOf(ExecutionException.class)
          .hasCause(new ServingException(ErrorCode.INTERNAL, "Prediction failed"));
    }
  }

  @Test
  void whatAHandlerRefusesIsToldAsItSaidIt() throws Exception {
    EchoHandler handler =
        new EchoHandler() {
          @Override
          public Output postprocess(Input input, String result) {
            return new Output.Failure(ErrorCode.BAD_REQUEST, "body: x (expected: y)");
          }
        };
    try (PoolFixture fixture = new PoolFixture(settings(1, SHORT, 10), handler)) {
      fixture.scale(1);
      assertThatThrownBy(() -> fixture.send("x").get())
          .hasCause(new ServingException(ErrorCode.BAD_REQUEST, "body: x (expected: y)"));
    }
  }

  @Test
  void aFullHeapOrStackIsAnAnswerAndTheWorkerLivesOn() throws Exception {
    EchoHandler handler =
        new EchoHandler() {
          @Override
          public List<String> inference(List<String> batch) {
            switch (batch.get(0)) {
              case "heap" -> throw new OutOfMemoryError("Java heap space");
              case "deep" -> throw new StackOverflowError();
              default -> {}
            }
            return batch;
          }
        };
    try (PoolFixture fixture = new PoolFixture(settings(1, SHORT, 10), handler)) {
      fixture.scale(1);
      assertThatThrownBy(() -> fixture.send("heap").get())
          .cause()
          .hasFieldOrPropertyWithValue("code", ErrorCode.OUT_OF_MEMORY);
      assertThatThrownBy(() -> fixture.send("deep").get())
          .cause()
          .hasFieldOrPropertyWithValue("code", ErrorCode.INTERNAL);
      assertThat(text(fixture.send("fine"))).isEqualTo("fine");
    }
  }

  @Test
  void aJobWhoseCallerHasGoneOrWhoseDeadlinePassedIsNotRun() throws Exception {
    Recorder handler = new Recorder();
    try (PoolFixture fixture = new PoolFixture(settings(1, SHORT, 10), blockedFirst(handler))) {
      fixture.scale(1);
      CompletableFuture<Output> first = fixture.send("first");
      handlerBusy.await();
      CompletableFuture<Output> gone = fixture.send("gone");
      gone.cancel(false);
      CompletableFuture<Output> expired = fixture.send("expired", Duration.ofMillis(1));
      assertThatThrownBy(expired::get)
          .cause()
          .hasFieldOrPropertyWithValue("code", ErrorCode.REQUEST_TIMEOUT);
      release.countDown();

      assertThat(text(first)).isEqualTo("first");
      assertThat(text(fixture.send("last"))).isEqualTo("last");
      assertThat(handler.batches).containsExactly(List.of("first"), List.of("last"));
    }
  }

  @Test
  void aJobThatRunsPastItsDeadlineIsAnsweredMeanwhile() throws Exception {
    try (PoolFixture fixture =
        new PoolFixture(settings(1, SHORT, 10), blockedFirst(new Recorder()))) {
      fixture.scale(1);
      CompletableFuture<Output> slow = fixture.send("first", Duration.ofMillis(50));
      assertThatThrownBy(slow::get)
          .cause()
          .hasFieldOrPropertyWithValue("code", ErrorCode.REQUEST_TIMEOUT)
          .hasMessageContaining("response timeout");
      release.countDown();
    }
  }
}
