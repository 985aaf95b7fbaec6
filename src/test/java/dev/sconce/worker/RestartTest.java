package dev.sconce.worker;

import static dev.sconce.worker.PoolFixture.LONG;
import static dev.sconce.worker.PoolFixture.TIMEOUTS;
import static dev.sconce.worker.PoolFixture.settings;
import static dev.sconce.worker.PoolFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Device;
import dev.sconce.handler.HandlerOpener;
import dev.sconce.handler.Output;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What becomes of workers that fail; time passes as the tests have it. */
class RestartTest {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private final ManualTimer timer = new ManualTimer();
  private final List<String> events = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean broken;

  private final HandlerOpener opener =
      (device, shared) -> {
        events.add("opened");
        if (broken) {
          throw new IOException("disk gone");
        }
        shared.open("weights", AutoCloseable.class, () -> () -> events.add("closed"));
        return new Fragile();
      };

  /** Does not survive the text {@code die}. */
  private static final class Fragile extends EchoHandler {
    @Override
    public List<String> inference(List<String> batch) {
      if (batch.contains("die")) {
        throw new NoClassDefFoundError("gone");
      }
      return batch;
    }
  }

  private static void assertDied(CompletableFuture<Output> answer) {
    assertThatThrownBy(() -> answer.get(60, TimeUnit.SECONDS))
        .hasCause(new ServingException(ErrorCode.INTERNAL, "Worker died."));
  }

  @Test
  void aWorkerWhoseHandlerEndsByAnErrorStartsAnewAndRequestsWaitForIt() throws Exception {
    try (PoolFixture fixture = new PoolFixture(settings(1, Duration.ZERO, 5), opener, timer)) {
      fixture.scale(1);
      assertDied(fixture.send("die"));
      CompletableFuture<Output> waiting = fixture.send("waiting");
      timer.advanceOnceScheduled(FIRST_PAUSE);
      assertThat(text(waiting)).isEqualTo("waiting");
      assertThat(events).containsExactly("opened", "closed", "opened");
      assertThat(fixture.pool.workers()).extracting(WorkerStatus::id).containsExactly(9000);
    }
  }

  @Test
  void oneItemThatEndsTheHandlerCostsNoOtherOfItsBatchItsAnswer() throws Exception {
    try (PoolFixture fixture =
        new PoolFixture(settings(3, Duration.ofSeconds(5), 10), opener, timer)) {
      fixture.scale(1);
      CompletableFuture<Output> before = fixture.send("before");
      CompletableFuture<Output> dies = fixture.send("die");
      CompletableFuture<Output> after = fixture.send("after");
      assertThat(text(before)).isEqualTo("before");
      assertThat(text(after)).isEqualTo("after");
      assertDied(dies);
    }
  }

  @Test
  void theFirstPausesAreTorchServes() {
    BackOff backOff = new BackOff(Duration.ofMinutes(5));
    List<Long> pauses = new ArrayList<>();
    long now = 0;
    Optional<Duration> pause = backOff.pauseAfterFailure(now);
    while (pause.isPresent()) {
      pauses.add(pause.get().toSeconds());
      now += pause.get().toNanos();
      pause = backOff.pauseAfterFailure(now);
    }
    assertThat(pauses).containsExactly(1L, 1L, 2L, 3L, 5L, 8L, 13L, 21L, 34L, 55L, 89L, 144L);
    backOff.reset();
    assertThat(backOff.pauseAfterFailure(now)).hasValue(FIRST_PAUSE);
  }

  @Test
  void aWorkerThatCannotBeStartedAnewInTimeIsGivenUp() throws Exception {
    Timeouts timeouts = new Timeouts(LONG, LONG, Duration.ZERO, Duration.ofSeconds(2));
    PoolSettings settings =
        new PoolSettings(1, Duration.ZERO, 5, false, timeouts, List.of(Device.CPU));
    try (PoolFixture fixture = new PoolFixture(settings, opener, timer)) {
      fixture.scale(1);
      broken = true;
      assertDied(fixture.send("die"));
      CompletableFuture<Output> waiting = fixture.send("waiting");
      timer.advanceOnceScheduled(FIRST_PAUSE);
      timer.advanceOnceScheduled(FIRST_PAUSE);
      timer.advanceOnceScheduled(Duration.ofSeconds(2));

      assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS))
          .cause()
          .hasFieldOrPropertyWithValue("code", ErrorCode.NO_WORKER)
          .hasMessageContaining("W-9000-echo_1.0 could not be started anew within 2 s")
          .hasMessageContaining("disk gone");
      assertThat(fixture.pool.workers()).isEmpty();
      assertThat(fixture.pool.failure()).isPresent();
      assertThat(events).containsExactly("opened", "closed", "opened", "opened", "opened");

      broken = false;
      fixture.scale(1); // a person has seen to it
      assertThat(text(fixture.send("fine"))).isEqualTo("fine");
    }
  }

  @Test
  void closingWaitsForNoWorkerThatPauses() throws Exception {
    PoolFixture fixture = new PoolFixture(settings(1, Duration.ZERO, 5), opener, timer);
    fixture.scale(1);
    assertDied(fixture.send("die"));
    CompletableFuture<Output> waiting = fixture.send("waiting");
    fixture.pool.close().get(60, TimeUnit.SECONDS);
    assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS))
        .cause()
        .hasFieldOrPropertyWithValue("code", ErrorCode.NO_WORKER);
    fixture.pool.released().get(60, TimeUnit.SECONDS);
    timer.advance(Duration.ofMinutes(1));
    assertThat(events).containsExactly("opened", "closed");
  }

  @Test
  void aCallerWaitsForTheShorterOfTheTwoTimeouts() {
    Duration second = Duration.ofSeconds(1);
    assertThat(TIMEOUTS.patience()).isEqualTo(LONG);
    assertThat(new Timeouts(LONG, LONG, second, LONG).patience()).isEqualTo(second);
    assertThat(new Timeouts(second, LONG, LONG, LONG).patience()).isEqualTo(second);
  }

  @Test
  void withTicketsARequestIsRefusedThatNoIdleWorkerCouldTake() throws Exception {
    BlockingHandler blocking = new BlockingHandler();
    PoolSettings settings =
        new PoolSettings(1, Duration.ZERO, 5, true, TIMEOUTS, List.of(Device.CPU));
    try (PoolFixture fixture = new PoolFixture(settings, blocking)) {
      fixture.scale(1);
      CompletableFuture<Output> running = sendOnceIdle(fixture, "first");
      blocking.entered.await();
      assertThatThrownBy(() -> fixture.send("second"))
          .hasFieldOrPropertyWithValue("code", ErrorCode.QUEUE_FULL)
          .hasMessageContaining("no worker is idle");
      blocking.release.countDown();
      assertThat(text(running)).isEqualTo("first");
    }
  }

  @Test
  void withTicketsARequestIsRefusedWhileTheWorkerStartsAnew() throws Exception {
    PoolSettings settings =
        new PoolSettings(1, Duration.ZERO, 5, true, TIMEOUTS, List.of(Device.CPU));
    try (PoolFixture fixture = new PoolFixture(settings, opener, timer)) {
      fixture.scale(1);
      assertDied(sendOnceIdle(fixture, "die"));
      assertThatThrownBy(() -> fixture.send("second"))
          .hasFieldOrPropertyWithValue("code", ErrorCode.QUEUE_FULL)
          .hasMessageContaining("no worker is idle");
      timer.advanceOnceScheduled(FIRST_PAUSE);
      assertThat(text(sendOnceIdle(fixture, "first"))).isEqualTo("first");
    }
  }

  /** A worker that is ready is idle a moment later. */
  private static CompletableFuture<Output> sendOnceIdle(PoolFixture fixture, String text) {
    while (true) {
      try {
        return fixture.send(text);
      } catch (ServingException e) {
        Thread.onSpinWait();
      }
    }
  }
}
