package dev.sconce.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChunksTest {
  private final AtomicLong nanos = new AtomicLong();
  private final Deadline deadline = Deadline.after(Duration.ofSeconds(60), nanos::get);

  /** Writes down what it is told; asks for as many pieces as the test says. */
  private static final class Recorder implements Flow.Subscriber<ByteBuffer> {
    final List<String> events = Collections.synchronizedList(new ArrayList<>());
    final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    private final long wanted;

    Recorder(long wanted) {
      this.wanted = wanted;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      given.request(wanted);
      subscription.complete(given);
    }

    @Override
    public void onNext(ByteBuffer piece) {
      events.add(StandardCharsets.UTF_8.decode(piece).toString());
    }

    @Override
    public void onError(Throwable failure) {
      events.add("error: " + failure.getMessage());
    }

    @Override
    public void onComplete() {
      events.add("complete");
    }
  }

  private static Iterator<ByteBuffer> pieces(String... texts) {
    return List.of(texts).stream().map(StandardCharsets.UTF_8::encode).iterator();
  }

  @Test
  void everyPieceArrivesInItsOrderAndThenTheEnd() {
    Chunks chunks = new Chunks(pieces("a", "b"));
    Recorder recorder = new Recorder(Long.MAX_VALUE);
    chunks.subscribe(recorder);
    chunks.pump(deadline);
    assertThat(recorder.events).containsExactly("a", "b", "complete");
  }

  @Test
  void noPieceIsDrawnBeforeItIsWanted() {
    List<String> drawn = new ArrayList<>();
    Chunks chunks =
        new Chunks(
            List.of("a", "b", "c").stream()
                .peek(drawn::add)
                .map(StandardCharsets.UTF_8::encode)
                .iterator());
    chunks.subscribe(new Recorder(2));
    nanos.set(Duration.ofSeconds(61).toNanos()); // so that the pump gives up instead of waiting
    assertThatThrownBy(() -> chunks.pump(deadline)).isInstanceOf(ServingException.class);
    assertThat(drawn).containsExactly("a", "b");
  }

  @Test
  void aPieceThatIsWantedLaterIsDrawnThen() throws Exception {
    Chunks chunks = new Chunks(pieces("a", "b", "c"));
    Recorder recorder = new Recorder(1);
    chunks.subscribe(recorder);
    CompletableFuture<Void> pumping = CompletableFuture.runAsync(() -> chunks.pump(deadline));
    recorder.subscription.get().request(2);
    recorder.subscription.get().request(1);
    pumping.get(30, TimeUnit.SECONDS);
    assertThat(recorder.events).containsExactly("a", "b", "c", "complete");
  }

  @Test
  void aPumpThatStartsBeforeTheSubscriberWaitsForIt() throws Exception {
    Chunks chunks = new Chunks(pieces("a"));
    CompletableFuture<Void> pumping = CompletableFuture.runAsync(() -> chunks.pump(deadline));
    Recorder recorder = new Recorder(2);
    chunks.subscribe(recorder);
    pumping.get(30, TimeUnit.SECONDS);
    assertThat(recorder.events).containsExactly("a", "complete");
  }

  @Test
  void cancellingEndsThePumpAndDrawsNothingMore() throws Exception {
    Chunks chunks = new Chunks(pieces("a", "b"));
    Recorder recorder = new Recorder(1);
    chunks.subscribe(recorder);
    CompletableFuture<Void> pumping = CompletableFuture.runAsync(() -> chunks.pump(deadline));
    recorder.subscription.get().cancel();
    pumping.get(30, TimeUnit.SECONDS);
    assertThat(recorder.events).doesNotContain("b", "complete");
  }

  @Test
  void aDeadlineThatPassesEndsTheStreamForBothSides() {
    Chunks chunks = new Chunks(pieces("a", "b"));
    Recorder recorder = new Recorder(1);
    chunks.subscribe(recorder);
    nanos.set(Duration.ofSeconds(61).toNanos());
    assertThatThrownBy(() -> chunks.pump(deadline))
        .isInstanceOf(ServingException.class)
        .hasFieldOrPropertyWithValue("code", ErrorCode.REQUEST_TIMEOUT);
    assertThat(recorder.events)
        .containsExactly("a", "error: the client took no further part of the answer in time");
  }

  @Test
  void whoSubscribesAfterTheDeadlineIsToldSo() {
    Chunks chunks = new Chunks(pieces("a"));
    nanos.set(Duration.ofSeconds(61).toNanos());
    assertThatThrownBy(() -> chunks.pump(deadline)).isInstanceOf(ServingException.class);
    Recorder recorder = new Recorder(1);
    chunks.subscribe(recorder);
    assertThat(recorder.events)
        .containsExactly("error: the client took no further part of the answer in time");
  }

  /** Gives what the first has, then throws. */
  private record Broken(Iterator<ByteBuffer> first, Throwable second)
      implements Iterator<ByteBuffer> {
    @Override
    public boolean hasNext() {
      return true;
    }

    @Override
    public ByteBuffer next() {
      if (first.hasNext()) {
        return first.next();
      }
      if (second instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) second;
    }
  }

  @Test
  void whatTheSourceThrowsEndsTheStreamForBothSides() {
    for (Throwable thrown :
        List.of(new NoSuchElementException("gone"), new OutOfMemoryError("gone"))) {
      Chunks chunks = new Chunks(new Broken(pieces("a"), thrown));
      Recorder recorder = new Recorder(Long.MAX_VALUE);
      chunks.subscribe(recorder);
      assertThatThrownBy(() -> chunks.pump(deadline)).isSameAs(thrown);
      assertThat(recorder.events).containsExactly("a", "error: gone");
    }
  }

  @Test
  void aSecondSubscriberIsRefused() {
    Chunks chunks = new Chunks(pieces("a"));
    chunks.subscribe(new Recorder(0));
    assertThatThrownBy(() -> chunks.subscribe(new Recorder(0)))
        .isInstanceOf(IllegalStateException.class);
  }
}
