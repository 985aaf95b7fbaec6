package dev.sconce.http;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a connection's pipeline: takes its requests in, has them answered one after the other,
 * and decides when it is over.
 *
 * <p>One request is in work at a time. Reading goes on meanwhile, for that is how a client's going
 * away is noticed; requests that come ahead of their turn wait, and when many wait, reading stops.
 *
 * <p>A connection that is to be closed is closed for writing first; what the client still sends is
 * thrown away until it closes its side. Closing at once would make the client's system forget an
 * answer that it has not read yet (RFC 9112, 9.6).
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {

  /** Fired as an event: the server is closing; finish what is in work, take nothing new. */
  enum Drain {
    /** The only one. */
    NOW
  }

  private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

  /** Reading stops when that many requests wait for their turn ... */
  private static final int MAX_WAITING = 16;

  /** ... or their bodies take that many bytes. One read may bring a few more. */
  private static final long MAX_WAITING_BYTES = 65_536;

  private static final long LINGER_SECONDS = 30;

  private final Service service;
  private final Channel channel;
  private final RequestDecoder decoder;
  private final SocketAddress caller;
  private final RequestReceiver receiver;
  private final Queue<Incoming> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private @Nullable Exchange current;

  /** Runs out when a request takes too long to come in. */
  private @Nullable Future<?> receiveDeadline;

  /** Whether what is read now is only thrown away. */
  private boolean inputEnded;

  private boolean lingering;
  private boolean draining;

  /** Whether a read is under way, at whose end everything written is flushed. */
  private boolean reading;

  private boolean advancing;

  /** The end of the pipeline of {@code channel}, behind that decoder. */
  HttpConnection(Service service, Channel channel, RequestDecoder decoder) {
    this.service = service;
    this.channel = channel;
    this.decoder = decoder;
    this.caller = Transport.caller(channel);
    this.receiver = new RequestReceiver(service, caller, channel.alloc());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    reading = true;
    try {
      if (takesInput() && message instanceof HttpRequest head) {
        receiver.begin(head).ifPresent(this::take);
      }
      if (takesInput() && message instanceof HttpContent piece) {
        receiver.add(piece).ifPresent(this::take);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reading = false;
    advance();
    channel.flush();
    watchArrival();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (current != null) {
      current.resume();
    }
    advance();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    inputEnded = true;
    stopReceiveDeadline();
    receiver.discard();
    if (current != null) {
      current.abandon();
      current = null;
    }
    waiting.forEach(incoming -> incoming.request().disconnected().complete(null));
    waiting.clear();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent) {
      standsStill();
    } else if (event == Drain.NOW) {
      draining = true;
      if (lingering && !decoder.isMidRequest()) {
        close();
      }
      advance();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.error("connection from {} failed", caller, cause);
    }
    close();
  }

  /** Whether another request may come on this connection after the one in work. */
  boolean staysOpen() {
    return !draining || !waiting.isEmpty() || decoder.isMidRequest();
  }

  /** The exchange in work has written all of its answer. */
  void finished(ChannelFuture sent, boolean keepAlive) {
    current = null;
    if (!keepAlive) {
      inputEnded = true;
      waiting.clear();
      waitingBytes = 0;
      sent.addListener(done -> end());
    }
    advance();
    if (!reading) {
      channel.flush();
    }
  }

  /** Closes the connection at once. */
  void close() {
    ChannelFuture unused = channel.close();
  }

  /** Closes the connection so that the client sees that an answer is not whole. */
  void breakOff() {
    Ending.breakOff(channel);
  }

  private void take(Incoming incoming) {
    stopReceiveDeadline();
    waiting.add(incoming);
    waitingBytes += incoming.bodyBytes();
    inputEnded = !incoming.keepAlive();
    advance();
  }

  /** A connection that broke off still lets its decoder report what it could not finish. */
  private boolean takesInput() {
    return !inputEnded && channel.isActive();
  }

  /** Starts what can be started now. */
  private void advance() {
    if (advancing) {
      return; // an exchange that was finished on the spot; the loop below goes on
    }
    advancing = true;
    while (current == null && channel.isWritable() && !waiting.isEmpty()) {
      Incoming next = waiting.remove();
      waitingBytes -= next.bodyBytes();
      start(new Exchange(service, channel, this, next));
    }
    advancing = false;
    boolean free = current == null && waiting.isEmpty();
    if (free && !reading && receiver.takeContinueWanted()) {
      sendContinue();
    }
    if (free && draining && !inputEnded && !decoder.isMidRequest()) {
      inputEnded = true;
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
    boolean roomAhead = waiting.size() < MAX_WAITING && waitingBytes < MAX_WAITING_BYTES;
    channel.config().setAutoRead(roomAhead);
  }

  private void start(Exchange exchange) {
    current = exchange;
    exchange.start();
  }

  private void sendContinue() {
    channel
        .writeAndFlush(
            new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER))
        .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
  }

  /** Sees to it that a request that has begun to come does not take forever. */
  private void watchArrival() {
    if (receiveDeadline == null && !inputEnded && decoder.isMidRequest()) {
      long nanos = service.settings().receiveTimeout().toNanos();
      receiveDeadline =
          channel.eventLoop().schedule(this::arrivesTooSlowly, nanos, TimeUnit.NANOSECONDS);
    }
  }

  private void stopReceiveDeadline() {
    if (receiveDeadline != null) {
      receiveDeadline.cancel(false);
      receiveDeadline = null;
    }
  }

  private void arrivesTooSlowly() {
    receiveDeadline = null;
    if (!channel.config().isAutoRead()) {
      return; // it is this side that does not read on
    }
    giveUpArrival(
        "the request was not whole after "
            + service.settings().receiveTimeout().toMillis()
            + " ms");
  }

  /** Nothing has moved for the idle timeout, in neither direction. */
  private void standsStill() {
    boolean clientReadsNothing =
        channel.bytesBeforeUnwritable() <= channel.config().getWriteBufferHighWaterMark();
    if (clientReadsNothing) {
      close();
    } else if (current == null && !lingering) {
      giveUpArrival(
          "the request stood still for " + service.settings().idleTimeout().toMillis() + " ms");
    }
  }

  private void giveUpArrival(String reason) {
    if (receiver.isReceiving()) {
      Optional<Incoming> refused =
          receiver.refuse(new ServingException(ErrorCode.REQUEST_TIMEOUT, reason));
      refused.ifPresent(this::take);
    } else if (current == null && waiting.isEmpty()) {
      close();
    }
  }

  /** Closes the connection; unread input is waited for, unless the server is in a hurry. */
  private void end() {
    if (!channel.isActive() || (draining && !decoder.isMidRequest())) {
      close();
      return;
    }
    lingering = true;
    channel.config().setAutoRead(true);
    Ending.endOutput(channel).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    Future<?> end = channel.eventLoop().schedule(this::close, LINGER_SECONDS, TimeUnit.SECONDS);
    channel.closeFuture().addListener(closed -> end.cancel(false));
  }
}
