package dev.sconce.worker;

import static dev.sconce.worker.PoolFixture.LONG;
import static dev.sconce.worker.PoolFixture.settings;
import static dev.sconce.worker.PoolFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.HandlerOpener;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** What becomes of handlers that take longer than they may; time passes as the tests have it. */
class HangingTest {
  private static final Duration NO_DELAY = Duration.ZERO;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private final ManualTimer timer = new ManualTimer();
  private final HangingHandler handler = new HangingHandler();

  /** What was shared and when it was closed. */
  private final List<String> events = Collections.synchronizedList(new ArrayList<>());

  private final HandlerOpener opener =
      (device, shared) -> {
        shared.open("weights", AutoCloseable.class, () -> () -> events.add("closed"));
        events.add("opened");
        return handler;
      };

  private PoolFixture fixture() {
    return new PoolFixture(settings(1, NO_DELAY, 5), opener, timer);
  }

  private CompletableFuture<Output> hang(PoolFixture fixture) throws InterruptedException {
    CompletableFuture<Output> hanging = fixture.send("hang");
    handler.entered.acquire();
    return hanging;
  }

  private static void assertTimedOut(CompletableFuture<Output> answer) {
    assertThatThrownBy(() -> answer.get(60, TimeUnit.SECONDS))
        .cause()
        .hasFieldOrPropertyWithValue("code", ErrorCode.REQUEST_TIMEOUT);
  }

  @Test
  void aHandlerThatHangsIsAnsweredForAndItsThreadReplaced() throws Exception {
    PoolFixture fixture = fixture();
    fixture.scale(1);
    CompletableFuture<Output> hanging = hang(fixture);

    timer.advance(LONG);
    assertTimedOut(hanging);
    assertThat(fixture.abandoned).isEmpty();
    timer.advance(Watch.GRACE);
    assertThat(fixture.abandoned).hasSize(1).allMatch(Thread::isAlive);
    assertThat(fixture.pool.workers())
        .extracting(WorkerStatus::state)
        .containsExactly(WorkerStatus.State.UNLOADING);
    assertThat(fixture.pool.readyWorkers()).isZero();

    CompletableFuture<Output> waiting = fixture.send("next"); // while there is no worker
    timer.advance(FIRST_PAUSE);
    assertThat(text(waiting)).isEqualTo("next");
    assertThat(fixture.pool.workers()).extracting(WorkerStatus::id).containsExactly(9000);
    assertThat(events).containsExactly("opened", "opened"); // nothing closed under the thread

    CompletableFuture<Void> closed = fixture.pool.close();
    closed.get(60, TimeUnit.SECONDS);
    assertThat(fixture.pool.released()).isNotDone();
    assertThat(events).doesNotContain("closed");
    handler.release.countDown();
    fixture.pool.released().get(60, TimeUnit.SECONDS);
    assertThat(events).endsWith("closed");
  }

  @Test
  void aHandlerThatEndsByTheInterruptCostsNoThread() throws Exception {
    try (PoolFixture fixture = fixture()) {
      fixture.scale(1);
      for (int i = 0; i < 3; i++) {
        CompletableFuture<Output> sleeping = fixture.send("sleep");
        handler.entered.acquire();
        timer.advance(LONG);
        assertTimedOut(sleeping);
        timer.advanceOnceScheduled(FIRST_PAUSE);
        assertThat(text(fixture.send("next"))).isEqualTo("next");
      }
      assertThat(fixture.abandoned).isEmpty();
      assertThat(fixture.pool.failure()).isEmpty();
    }
  }

  @Test
  void twoHangingThreadsFailTheModelUntilTheyEnd() throws Exception {
    try (PoolFixture fixture = fixture()) {
      fixture.scale(2);
      CompletableFuture<Output> first = hang(fixture);
      CompletableFuture<Output> second = hang(fixture);
      CompletableFuture<Output> waiting = fixture.send("waiting", LONG.multipliedBy(2));
      timer.advance(LONG.plus(Watch.GRACE));
      assertTimedOut(first);
      assertTimedOut(second);

      assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS))
          .cause()
          .hasFieldOrPropertyWithValue("code", ErrorCode.NO_WORKER)
          .hasMessage("Model \"echo\" has failed: its handler hangs in 2 threads");
      assertThatThrownBy(() -> fixture.send("late"))
          .hasFieldOrPropertyWithValue("code", ErrorCode.NO_WORKER);
      assertThat(fixture.pool.failure()).hasValue("its handler hangs in 2 threads");
      assertThat(fixture.pool.workers()).isEmpty();
      assertThat(fixture.pool.minWorkers()).isEqualTo(2);
      assertThatThrownBy(() -> fixture.scale(1)).hasMessageContaining("has failed");
      timer.advance(Duration.ofHours(1));
      assertThat(events).containsExactly("opened", "opened"); // no new threads

      handler.release.countDown();
      for (Thread thread : fixture.abandoned) {
        thread.join();
      }
      fixture.scale(1);
      assertThat(text(fixture.send("again"))).isEqualTo("again");
      assertThat(fixture.pool.failure()).isEmpty();
    }
  }

  @Test
  void whatIsSlowIsNotInterruptedWhileItComesToSomething() throws Exception {
    EchoHandler streaming =
        new EchoHandler() {
          @Override
          public Output postprocess(Input input, String result) {
            Iterator<ByteBuffer> pieces =
                List.of("a", "b", "c").stream()
                    .map(
                        piece -> {
                          timer.advance(LONG.dividedBy(2));
                          events.add(piece);
                          return ByteBuffer.allocate(1);
                        })
                    .iterator();
            return Output.stream("text/plain", pieces);
          }
        };
    try (PoolFixture fixture =
        new PoolFixture(settings(1, NO_DELAY, 5), (device, shared) -> streaming, timer)) {
      fixture.scale(1);
      Output.Stream stream = (Output.Stream) fixture.send("x", LONG.multipliedBy(9)).get();
      Taker taker = new Taker();
      stream.chunks().subscribe(taker);
      taker.ended.get(60, TimeUnit.SECONDS);
      assertThat(events).containsExactly("a", "b", "c");
      assertThat(fixture.abandoned).isEmpty();
    }
  }

  @Test
  void aStreamThatHangsIsEndedForItsClient() throws Exception {
    HangingHandler streaming =
        new HangingHandler() {
          @Override
          public Output postprocess(Input input, String result) {
            return Output.stream(
                "text/plain",
                new Iterator<ByteBuffer>() {
                  @Override
                  public boolean hasNext() {
                    entered.release();
                    hang();
                    return true;
                  }

                  @Override
                  public ByteBuffer next() {
                    return ByteBuffer.allocate(1);
                  }
                });
          }
        };
    try (PoolFixture fixture =
        new PoolFixture(settings(1, NO_DELAY, 5), (device, shared) -> streaming, timer)) {
      fixture.scale(1);
      Output.Stream stream = (Output.Stream) fixture.send("x").get();
      Taker taker = new Taker();
      stream.chunks().subscribe(taker);
      streaming.entered.acquire();
      timer.advance(LONG);
      assertThatThrownBy(() -> taker.ended.get(60, TimeUnit.SECONDS))
          .cause()
          .hasFieldOrPropertyWithValue("code", ErrorCode.REQUEST_TIMEOUT);
      streaming.release.countDown();
      fixture.pool.close().get(60, TimeUnit.SECONDS);
      assertThat(taker.late).isFalse();
    }
  }

  private static final class Taker implements Flow.Subscriber<ByteBuffer> {
    final CompletableFuture<Void> ended = new CompletableFuture<>();
    volatile boolean late;

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(ByteBuffer piece) {
      late |= ended.isDone();
    }

    @Override
    public void onError(Throwable failure) {
      ended.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      ended.complete(null);
    }
  }

  @Test
  void aHandlerWhoseOpeningHangsIsGivenUpOn() throws Exception {
    HandlerOpener hanging =
        (device, shared) -> {
          shared.open("weights", AutoCloseable.class, () -> () -> events.add("closed"));
          handler.entered.release();
          handler.hang();
          return handler;
        };
    PoolFixture fixture = new PoolFixture(settings(1, NO_DELAY, 5), hanging, timer);
    CompletableFuture<Void> scaled = fixture.pool.scale(1, 1);
    handler.entered.acquire();
    timer.advance(LONG.plus(Watch.GRACE));
    assertThatThrownBy(() -> scaled.get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(TimeoutException.class)
        .hasMessageContaining("opening the handler took longer than 60 s");
    assertThat(fixture.pool.workers()).isEmpty();
    assertThat(fixture.pool.hasAbandonedThreads()).isTrue();
    fixture.pool.close().get(60, TimeUnit.SECONDS);
    assertThat(events).isEmpty();

    handler.release.countDown();
    fixture.pool.released().get(60, TimeUnit.SECONDS);
    assertThat(events).containsExactly("closed");
  }

  @Test
  void closingGivesUpWhatIsStillOpening() throws Exception {
    EchoHandler slow =
        new EchoHandler() {
          @Override
          public void initialize(HandlerContext context) {}
        };
    HandlerOpener opening =
        (device, shared) -> {
          handler.entered.release();
          handler.release.await();
          return slow;
        };
    PoolFixture fixture = new PoolFixture(settings(1, NO_DELAY, 5), opening, timer);
    CompletableFuture<Void> scaled = fixture.pool.scale(1, 1);
    handler.entered.acquire();
    fixture.pool.close().get(60, TimeUnit.SECONDS);
    fixture.pool.released().get(60, TimeUnit.SECONDS);
    assertThatThrownBy(() -> scaled.get(60, TimeUnit.SECONDS))
        .cause()
        .hasFieldOrPropertyWithValue("code", ErrorCode.STOPPING);
  }
}
