package dev.sconce.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Sends the pieces of a {@link Response.Stream}. One piece is asked for at a time, and only while
 * the channel is writable, so a slow client slows its publisher and fills no memory.
 *
 * <p>The publisher may call from any thread; all state belongs to the connection's event loop. What
 * arrives is always queued there, never run at once, so that a publisher that answers {@code
 * request} with {@code onNext} on the spot cannot grow the stack.
 */
final class StreamSender implements Flow.Subscriber<ByteBuffer> {
  private final Channel channel;
  private final Exchange exchange;
  private final Response response;
  private Flow.@Nullable Subscription subscription;
  private boolean begun;
  private boolean over;
  private boolean waitsForClient;

  /** A sender that reports to that exchange. */
  StreamSender(Channel channel, Exchange exchange, Response response) {
    this.channel = channel;
    this.exchange = exchange;
    this.response = response;
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    if (!onEventLoop(() -> begin(newSubscription))) {
      newSubscription.cancel();
    }
  }

  @Override
  public void onNext(ByteBuffer piece) {
    boolean unused = onEventLoop(() -> send(piece));
  }

  @Override
  public void onError(Throwable failure) {
    boolean unused = onEventLoop(() -> fail(failure));
  }

  @Override
  public void onComplete() {
    boolean unused = onEventLoop(this::complete);
  }

  /** Ends the stream: its client has gone. */
  void cancel() {
    over = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }

  /** Whether any of the answer has been sent. */
  boolean hasBegun() {
    return begun;
  }

  /** Asks for the next piece if that was put off until the client took what it has. */
  void resume() {
    if (waitsForClient && channel.isWritable()) {
      waitsForClient = false;
      askForNext();
    }
  }

  private void begin(Flow.Subscription newSubscription) {
    if (over || subscription != null) {
      newSubscription.cancel();
    } else {
      subscription = newSubscription;
      newSubscription.request(1);
    }
  }

  private void send(ByteBuffer piece) {
    if (over) {
      return;
    }
    sendHead();
    if (piece.hasRemaining()) {
      write(new DefaultHttpContent(Unpooled.wrappedBuffer(piece.duplicate())));
    }
    channel.flush();
    askForNext();
  }

  private void askForNext() {
    if (over || subscription == null) {
      return;
    }
    if (channel.isWritable()) {
      subscription.request(1);
    } else {
      waitsForClient = true;
    }
  }

  private void fail(Throwable failure) {
    if (over) {
      return;
    }
    over = true;
    if (begun) {
      exchange.streamBroke(failure);
    } else {
      exchange.streamFailedEarly(failure);
    }
  }

  private void complete() {
    if (over) {
      return;
    }
    over = true;
    sendHead();
    exchange.streamEnded(channel.write(LastHttpContent.EMPTY_LAST_CONTENT));
  }

  private void sendHead() {
    if (!begun) {
      begun = true;
      write(exchange.streamHead(response));
    }
  }

  private void write(HttpObject message) {
    channel.write(message).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
  }

  /** False if the server has been closed, and with it this connection, and the stream cancelled. */
  private boolean onEventLoop(Runnable step) {
    try {
      channel.eventLoop().execute(step);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }
}
