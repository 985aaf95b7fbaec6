package dev.sconce.sagemaker;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A model's stream of which the first piece is here: what fails before it can still be answered
 * with a status of its own, which is how SageMaker does it. Pieces, and a failure after the first,
 * are put into another form on the way.
 *
 * <p>Asks for one piece at a time, and only when the taker has asked for one, so a slow client
 * still slows its model. One taker, once. Any thread may call; {@code lock} guards the state and is
 * not held while anyone is called.
 */
final class BegunStream implements Flow.Publisher<ByteBuffer> {
  private final Function<ByteBuffer, ByteBuffer> form;
  private final Function<Throwable, Optional<ByteBuffer>> lastWords;
  private final CompletableFuture<BegunStream> begun = new CompletableFuture<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<ByteBuffer> pieces = new ArrayDeque<>(2);
  private Flow.@Nullable Subscription source;
  private Flow.@Nullable Subscriber<? super ByteBuffer> taker;
  private long wanted;

  /** Whether a piece has been asked for that has not come yet. */
  private boolean asked = true;

  private boolean ended;
  private @Nullable Throwable failure;

  /** Whether a thread is calling the taker or the source; others leave their news to it. */
  private boolean calling;

  private boolean over;

  private BegunStream(
      Function<ByteBuffer, ByteBuffer> form, Function<Throwable, Optional<ByteBuffer>> lastWords) {
    this.form = form;
    this.lastWords = lastWords;
  }

  /**
   * Takes a stream.
   *
   * @param form what is made of each piece
   * @param lastWords what is sent in the place of a failure that comes after the first piece; if
   *     empty, the stream fails
   * @return completes when the first piece is here, or the end if there is none; exceptionally with
   *     what failed before. Who cancels it cancels the stream
   */
  static CompletableFuture<BegunStream> of(
      Flow.Publisher<ByteBuffer> stream,
      Function<ByteBuffer, ByteBuffer> form,
      Function<Throwable, Optional<ByteBuffer>> lastWords) {
    BegunStream taken = new BegunStream(form, lastWords);
    stream.subscribe(taken.new Source());
    CompletableFuture<Void> unused =
        taken.begun.handle(
            (begun, failure) -> {
              if (taken.begun.isCancelled()) {
                taken.new Demand().cancel();
              }
              return null;
            });
    return taken.begun;
  }

  /** The first piece, in its form, or nothing if there is none; in the place of a taker. */
  ByteBuffer firstAndOnly() {
    AtomicReference<@Nullable ByteBuffer> first = new AtomicReference<>();
    change(() -> first.set(pieces.peek()));
    new Demand().cancel();
    return Objects.requireNonNullElseGet(first.get(), () -> ByteBuffer.allocate(0));
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    lock.lock();
    try {
      if (taker != null) {
        throw new IllegalStateException("a stream can be sent once only");
      }
      taker = subscriber;
      calling = true; // nothing comes before onSubscribe
    } finally {
      lock.unlock();
    }
    subscriber.onSubscribe(new Demand());
    change(() -> calling = false);
  }

  /** Changes the state, and does what is to be done then. */
  private void change(Runnable news) {
    lock.lock();
    try {
      news.run();
    } finally {
      lock.unlock();
    }
    @Nullable Runnable step = nextStep();
    while (step != null) {
      step.run();
      lock.lock();
      try {
        calling = false;
      } finally {
        lock.unlock();
      }
      step = nextStep();
    }
  }

  private @Nullable Runnable nextStep() {
    lock.lock();
    try {
      if (calling || over || taker == null) {
        return null;
      }
      @Nullable Runnable step = stepOf(taker);
      calling = step != null;
      return step;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Runnable stepOf(Flow.Subscriber<? super ByteBuffer> to) {
    if (!pieces.isEmpty()) {
      if (wanted == 0) {
        return null;
      }
      wanted--;
      ByteBuffer piece = pieces.remove();
      return () -> to.onNext(piece);
    }
    if (ended) {
      over = true;
      @Nullable Throwable why = failure;
      return why == null ? to::onComplete : () -> to.onError(why);
    }
    if (wanted > 0 && !asked) {
      asked = true;
      Flow.Subscription from = Objects.requireNonNull(source);
      return () -> from.request(1);
    }
    return null;
  }

  private void end(Throwable why, Optional<ByteBuffer> words) {
    ended = true;
    words.ifPresent(pieces::add);
    failure = words.isPresent() ? null : why;
  }

  /** What the model's side tells. */
  private final class Source implements Flow.Subscriber<ByteBuffer> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      change(() -> source = subscription);
      subscription.request(1);
    }

    @Override
    public void onNext(ByteBuffer piece) {
      if (!piece.hasRemaining()) {
        Objects.requireNonNull(source).request(1); // as good as none
        return;
      }
      ByteBuffer formed = form.apply(piece);
      change(
          () -> {
            asked = false;
            pieces.add(formed);
          });
      begun.complete(BegunStream.this);
    }

    @Override
    public void onError(Throwable why) {
      Optional<ByteBuffer> words = begun.isDone() ? lastWords.apply(why) : Optional.empty();
      change(() -> end(why, words));
      begun.completeExceptionally(why);
    }

    @Override
    public void onComplete() {
      change(() -> ended = true);
      begun.complete(BegunStream.this);
    }
  }

  /** What the taker's side tells. */
  private final class Demand implements Flow.Subscription {
    @Override
    public void request(long more) {
      change(() -> wanted = Math.addExact(wanted, Math.min(more, Integer.MAX_VALUE)));
    }

    @Override
    public void cancel() {
      change(
          () -> {
            over = true;
            pieces.clear();
          });
      Objects.requireNonNull(source).cancel();
    }
  }
}
