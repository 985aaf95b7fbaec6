package dev.sconce.worker;

import static dev.sconce.worker.PoolFixture.settings;
import static dev.sconce.worker.PoolFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Device;
import dev.sconce.handler.HandlerOpener;
import dev.sconce.handler.Output;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Workers come, share what is heavy, and go. */
class ScalingTest {
  private static final Duration NO_DELAY = Duration.ZERO;
  private final BlockingHandler blocking = new BlockingHandler();

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
      blocking.entered.await();
      CompletableFuture<Output> waiting = fixture.send("waiting");
      CompletableFuture<Void> gone = fixture.pool.scale(0, 0);
      blocking.release.countDown();

      assertThat(text(running)).isEqualTo("running");
      assertThatThrownBy(waiting::get)
          .cause()
          .hasFieldOrPropertyWithValue("code", ErrorCode.NO_WORKER);
      gone.get();
      assertThat(fixture.pool.workers()).isEmpty();
    }
  }

  @Test
  void closingWaitsForAWorkerThatWasStoppedBefore() throws Exception {
    PoolFixture fixture = new PoolFixture(settings(1, NO_DELAY, 5), blocking);
    fixture.scale(1);
    CompletableFuture<Output> running = fixture.send("running");
    blocking.entered.await();
    CompletableFuture<Void> stopped = fixture.pool.scale(0, 0);
    assertThat(fixture.pool.readyWorkers()).isZero();
    assertThat(fixture.pool.workers())
        .extracting(WorkerStatus::state)
        .containsExactly(WorkerStatus.State.UNLOADING);
    CompletableFuture<Void> closed = fixture.pool.close();
    assertThat(closed).isNotDone();
    blocking.release.countDown();

    closed.get();
    stopped.get();
    assertThat(text(running)).isEqualTo("running");
    assertThat(fixture.pool.workers()).isEmpty();
    fixture.close();
  }

  @Test
  void aStoppingWorkerDoesNotCountWhenMoreAreAskedFor() throws Exception {
    try (PoolFixture fixture = new PoolFixture(settings(1, NO_DELAY, 5), blocking)) {
      fixture.scale(2);
      CompletableFuture<Output> running = fixture.send("running");
      blocking.entered.await();
      CompletableFuture<Void> stopped = fixture.pool.scale(0, 0);
      CompletableFuture<Void> started = fixture.pool.scale(1, 1);
      blocking.release.countDown();
      stopped.get();
      started.get();
      assertThat(fixture.pool.readyWorkers()).isEqualTo(1);
      assertThat(text(running)).isEqualTo("running");
      assertThat(text(fixture.send("next"))).isEqualTo("next");
    }
  }

  @Test
  void aClosedPoolTakesNoMoreWorkers() throws Exception {
    PoolFixture fixture = new PoolFixture(settings(1, NO_DELAY, 5), new EchoHandler());
    fixture.pool.close().get();
    assertThatThrownBy(() -> fixture.pool.scale(1, 1))
        .isInstanceOf(ServingException.class)
        .hasFieldOrPropertyWithValue("code", ErrorCode.MODEL_NOT_FOUND);
    fixture.close();
  }

  @Test
  void closingAnswersEverythingThatWaits() throws Exception {
    PoolFixture fixture = new PoolFixture(settings(2, NO_DELAY, 5), blocking);
    fixture.scale(1);
    CompletableFuture<Output> running = fixture.send("running");
    blocking.entered.await();
    CompletableFuture<Output> waiting = fixture.send("waiting");
    CompletableFuture<Void> closed = fixture.pool.close();
    blocking.release.countDown();

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
        new PoolSettings(
            1, NO_DELAY, 5, false, PoolFixture.TIMEOUTS, List.of(Device.cuda(0), Device.cuda(2)));
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
  void aHandlerThatCannotDescribeItselfIsClosed() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    EchoHandler handler =
        new EchoHandler() {
          @Override
          public Map<String, Object> describe() {
            throw new IllegalStateException("no words");
          }

          @Override
          public void close() {
            closed.countDown();
          }
        };
    try (PoolFixture fixture = new PoolFixture(settings(1, NO_DELAY, 5), handler)) {
      assertThatThrownBy(() -> fixture.scale(1)).hasCause(new IllegalStateException("no words"));
      assertThat(closed.getCount()).isZero();
    }
  }
}
