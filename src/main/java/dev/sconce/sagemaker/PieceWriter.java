package dev.sconce.sagemaker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Writes a stream into a file, piece by piece, on the thread that makes them. Once it is done or
 * cancelled, it touches the file no more.
 */
final class PieceWriter implements Flow.Subscriber<ByteBuffer> {
  private final Upload upload;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private Flow.@Nullable Subscription subscription;

  PieceWriter(Upload upload) {
    this.upload = upload;
  }

  /** Completes when all is written; exceptionally if that, or what makes the pieces, fails. */
  CompletableFuture<Void> done() {
    return done;
  }

  /** No more pieces; waits for the one that is being written. Does nothing when all is done. */
  synchronized void cancel() {
    if (done.completeExceptionally(new IllegalStateException("cancelled"))) {
      Objects.requireNonNull(subscription).cancel();
    }
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    subscription = newSubscription;
    newSubscription.request(1);
  }

  @Override
  public synchronized void onNext(ByteBuffer piece) {
    if (done.isDone()) {
      return;
    }
    try {
      upload.write(piece);
      Objects.requireNonNull(subscription).request(1);
    } catch (IOException e) {
      Objects.requireNonNull(subscription).cancel();
      done.completeExceptionally(new UncheckedIOException(e));
    }
  }

  @Override
  public void onError(Throwable failure) {
    done.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    done.complete(null);
  }
}
