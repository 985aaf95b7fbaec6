package dev.sconce.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.pytorch.jni.JniUtils;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * As on a machine with eight cores, however many this one has. Who waits for ever is interrupted.
 */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class CoreSharesTest {
  private static final int CORES = 8;

  private final CoreShares cores = started(OptionalInt.empty());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Thread> others = new ArrayList<>();

  private static CoreShares started(OptionalInt told) {
    TestDevice.engine(); // threads are libtorch's
    return CoreShares.of(CORES, told);
  }

  /** And has later tests' threads find the number that all of them run with. */
  @AfterEach
  void endThreads() {
    threads.shutdownNow();
    JniUtils.setNumThreads(1);
  }

  private void beginOthers(int count) {
    for (int i = 0; i < count; i++) {
      Thread other = new Thread(() -> {});
      others.add(other);
      cores.begin(other);
    }
  }

  private int threadsHere() {
    return cores.compute(JniUtils::getNumThreads);
  }

  /** A forward of another thread that goes on until {@code release}. */
  private CompletableFuture<Integer> running(CoreShares of, CountDownLatch release)
      throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CompletableFuture<Integer> used =
        CompletableFuture.supplyAsync(
            () ->
                of.compute(
                    () -> {
                      entered.countDown();
                      await(release);
                      return JniUtils.getNumThreads();
                    }),
            threads);
    assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
    return used;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whoIsAloneHasAllCores() {
    assertThat(threadsHere()).isEqualTo(8);
    cores.begin(Thread.currentThread());
    assertThat(threadsHere()).isEqualTo(8);
  }

  @Test
  void thoseAtWorkShare() {
    beginOthers(1);
    assertThat(threadsHere()).isEqualTo(4);
    beginOthers(1);
    assertThat(threadsHere()).isEqualTo(2);
    beginOthers(20);
    assertThat(threadsHere()).isEqualTo(1);
    others.forEach(cores::end);
    assertThat(threadsHere()).isEqualTo(8);
  }

  @Test
  void aForwardTakesWhatIsFreeRatherThanWait() throws Exception {
    beginOthers(1);
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<Integer> first = running(cores, release); // 4 of 8
    others.forEach(cores::end);
    assertThat(threadsHere()).isEqualTo(4); // all were due
    release.countDown();
    assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo(4);
    assertThat(threadsHere()).isEqualTo(8);
  }

  @Test
  void aForwardWaitsWhileNoCoreIsFree() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<Integer> all = running(cores, release);
    CompletableFuture<Integer> next = CompletableFuture.supplyAsync(this::threadsHere, threads);
    assertThatThrownBy(() -> next.get(100, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    release.countDown();
    assertThat(all.get(60, TimeUnit.SECONDS)).isEqualTo(8);
    assertThat(next.get(60, TimeUnit.SECONDS)).isGreaterThanOrEqualTo(1);
    assertThat(threadsHere()).isEqualTo(8);
  }

  @Test
  void coresOfAThreadThatIsGivenUpOnAreForOthers() throws Exception {
    Thread[] hanging = new Thread[1];
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch entered = new CountDownLatch(1);
    CompletableFuture<Void> hangs =
        CompletableFuture.runAsync(
            () ->
                cores.compute(
                    () -> {
                      hanging[0] = Thread.currentThread();
                      entered.countDown();
                      await(release);
                      return 0;
                    }),
            threads);
    assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
    cores.end(hanging[0]);
    assertThat(threadsHere()).isEqualTo(8);
    release.countDown();
    hangs.get(60, TimeUnit.SECONDS);
    CountDownLatch releaseAll = new CountDownLatch(1);
    CompletableFuture<Integer> all = running(cores, releaseAll); // given back once, not twice:
    CompletableFuture<Integer> next = CompletableFuture.supplyAsync(this::threadsHere, threads);
    assertThatThrownBy(() -> next.get(100, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    releaseAll.countDown();
    assertThat(all.get(60, TimeUnit.SECONDS)).isEqualTo(8);
    assertThat(next.get(60, TimeUnit.SECONDS)).isPositive();
  }

  @Test
  void whoWaitsForACoreCanBeInterrupted() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<Integer> all = running(cores, release);
    Thread.currentThread().interrupt();
    assertThatThrownBy(this::threadsHere).hasMessageContaining("interrupted");
    assertThat(Thread.interrupted()).isTrue();
    release.countDown();
    assertThat(all.get(60, TimeUnit.SECONDS)).isEqualTo(8);
    assertThat(threadsHere()).isEqualTo(8); // nothing was taken
  }

  @Test
  void aForwardWithinAForwardUsesItsCores() throws Exception {
    int within = cores.compute(this::threadsHere);
    assertThat(within).isEqualTo(8);
    assertThat(threadsHere()).isEqualTo(8);
  }

  @Test
  void aNumberOfThreadsThatIsAskedForWaitsForOneCoreOnly() throws Exception {
    beginOthers(1);
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<Integer> half = running(cores, release);
    assertThat(cores.<Integer>computeWith(8, JniUtils::getNumThreads)).isEqualTo(8);
    release.countDown();
    assertThat(half.get(60, TimeUnit.SECONDS)).isEqualTo(4);
  }

  @Test
  void aFailureGivesTheCoresBack() {
    for (int i = 0; i < 3; i++) {
      try {
        cores.compute(
            () -> {
              throw new IllegalStateException("on purpose");
            });
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("on purpose");
      }
    }
    assertThat(threadsHere()).isEqualTo(8);
  }

  @Test
  void aNumberOfThreadsThatWasAskedForIsKept() {
    assertThat(cores.threads()).containsExactly(8, 4, 2, 1);
    for (int asked : cores.threads()) {
      assertThat(cores.<Integer>computeWith(asked, JniUtils::getNumThreads)).isEqualTo(asked);
    }
  }

  @Test
  void whereTheUserSaysHowManyThreadsLibtorchIsLeftAlone() throws Exception {
    CoreShares told = started(OptionalInt.of(4));
    JniUtils.setNumThreads(3);
    assertThat(told.threads()).containsExactly(4);
    assertThat(told.<Integer>compute(JniUtils::getNumThreads)).isEqualTo(3);
    assertThat(told.<Integer>computeWith(4, JniUtils::getNumThreads)).isEqualTo(3);
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<Integer> one = running(told, release);
    CompletableFuture<Integer> two = running(told, release); // eight cores, four each
    release.countDown();
    assertThat(one.get(60, TimeUnit.SECONDS) + two.get(60, TimeUnit.SECONDS)).isPositive();
  }

  @Test
  void twoStepsAreDoneAtOnceWhereThereIsRoom() {
    CyclicBarrier meeting = new CyclicBarrier(2);
    assertThat(cores.both(() -> met(meeting, "a"), () -> met(meeting, "b")))
        .containsExactly("a", "b");
    assertThat(threadsHere()).isEqualTo(8);
  }

  private static String met(CyclicBarrier meeting, String result) {
    try {
      meeting.await(60, TimeUnit.SECONDS);
      return result;
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException("alone", e);
    }
  }

  @Test
  void twoStepsAreDoneOneAfterTheOtherByWhoHasOneCore() {
    beginOthers(CORES - 1);
    cores.begin(Thread.currentThread());
    assertHasBothDoneHere();
  }

  @Test
  void twoStepsAreDoneOneAfterTheOtherIfNoCoreIsFree() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<Integer> all = running(cores, release);
    assertHasBothDoneHere();
    release.countDown();
    assertThat(all.get(60, TimeUnit.SECONDS)).isEqualTo(8);
  }

  private void assertHasBothDoneHere() {
    List<Thread> by = new ArrayList<>();
    assertThat(cores.both(() -> by.add(Thread.currentThread()), () -> by.size() == 1))
        .containsExactly(true, true);
    assertThat(by).containsExactly(Thread.currentThread());
  }

  @Test
  void ofTwoStepsTheFirstsFailureIsThrownAndTheCoreIsFreeAgain() {
    ServingException first = new ServingException(ErrorCode.BAD_REQUEST, "left: no picture");
    ServingException second = new ServingException(ErrorCode.BAD_REQUEST, "right: no picture");
    assertThatThrownBy(() -> cores.both(() -> failed(first), () -> failed(second))).isSameAs(first);
    assertThatThrownBy(() -> cores.both(() -> "a", () -> failed(second))).isSameAs(second);
    assertThat(threadsHere()).isEqualTo(8);
  }

  private static String failed(ServingException failure) {
    throw failure;
  }
}
