package dev.sconce.http;

import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wants no piece of a stream. Without state. */
public final class Refuser implements Flow.Subscriber<ByteBuffer> {
  private static final Logger LOG = LoggerFactory.getLogger(Refuser.class);

  private Refuser() {}

  /**
   * Tells the publisher of a response, if it has one, that nobody will take its pieces; in the
   * place of a subscriber. Safe from any thread.
   */
  public static void refuse(@Nullable Response response) {
    if (response != null && response.content() instanceof Response.Stream stream) {
      try {
        stream.pieces().subscribe(new Refuser());
      } catch (RuntimeException e) {
        LOG.warn("a stream that nobody will take could not be cancelled", e);
      }
    }
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscription.cancel();
  }

  @Override
  public void onNext(ByteBuffer piece) {}

  @Override
  public void onError(Throwable failure) {}

  @Override
  public void onComplete() {}
}
