package dev.sconce.http;

import dev.sconce.http.ResponseHead.Framing;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request in work: from the call of its endpoint to the last byte of its answer.
 *
 * <p>Belongs to the connection's event loop; the endpoint's stage may complete on any thread and is
 * brought back there.
 */
final class Exchange {
  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

  private final Service service;
  private final Channel channel;
  private final HttpConnection connection;
  private final Incoming incoming;
  private final Request request;
  private final long wholeAtNanos;

  /** Set while an answer is being streamed. */
  private @Nullable StreamSender stream;

  /** What the answer says of its connection; known when its head is written. */
  private boolean keepAlive;

  private int status;
  private boolean abandoned;

  /** A request that is whole from now on. */
  Exchange(Service service, Channel channel, HttpConnection connection, Incoming incoming) {
    this.service = service;
    this.channel = channel;
    this.connection = connection;
    this.incoming = incoming;
    this.request = incoming.request();
    this.wholeAtNanos = service.nanoClock().getAsLong();
  }

  /** Calls the endpoint, and sends whatever comes of it. */
  void start() {
    CompletionStage<Response> stage =
        incoming
            .fault()
            .<CompletionStage<Response>>map(CompletableFuture::failedFuture)
            .orElseGet(this::callEndpoint);
    stage.whenComplete(this::settleOnEventLoop);
  }

  /** The client has gone: nothing is sent any more. */
  void abandon() {
    abandoned = true;
    if (stream != null) {
      stream.cancel();
      if (stream.hasBegun()) {
        reportSent();
      }
    }
    request.disconnected().complete(null);
  }

  /** The client has taken some of what was sent to it. */
  void resume() {
    if (stream != null) {
      stream.resume();
    }
  }

  private CompletionStage<Response> callEndpoint() {
    try {
      return Objects.requireNonNull(service.endpoint().answer(request), "an endpoint's stage");
    } catch (RuntimeException | Error e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void settleOnEventLoop(@Nullable Response response, @Nullable Throwable failure) {
    if (channel.eventLoop().inEventLoop()) {
      settle(response, failure);
      return;
    }
    try {
      channel.eventLoop().execute(() -> settle(response, failure));
    } catch (RejectedExecutionException e) {
      Refuser.refuse(response); // the server has been closed meanwhile
    }
  }

  private void settle(@Nullable Response response, @Nullable Throwable failure) {
    if (abandoned) {
      Refuser.refuse(response);
    } else if (failure != null) {
      send(rendered(failure));
    } else if (response == null) {
      send(rendered(new NullPointerException("the endpoint answered null")));
    } else {
      send(response);
    }
  }

  private Response rendered(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    try {
      return Objects.requireNonNull(service.errors().render(cause, request));
    } catch (RuntimeException e) {
      LOG.error("request {}: its failure could not be rendered", request.id(), e);
      LOG.error("request {}: the failure", request.id(), cause);
      return new Response(500, Headers.NONE, new Response.Whole(ByteBuffer.allocate(0)));
    }
  }

  private void send(Response response) {
    status = response.status();
    boolean bodiless = request.method().equals("HEAD") || status == 204 || status == 304;
    if (response.content() instanceof Response.Whole whole) {
      sendWhole(response, whole.bytes().duplicate(), bodiless);
    } else if (bodiless) {
      Refuser.refuse(response);
      sendLast(response, Framing.NONE, 0, Unpooled.EMPTY_BUFFER);
    } else if (response.content() instanceof Response.Stream pieces) {
      sendStream(response, pieces);
    }
  }

  private void sendStream(Response response, Response.Stream pieces) {
    StreamSender sender = new StreamSender(channel, this, response);
    stream = sender;
    try {
      pieces.pieces().subscribe(sender);
    } catch (RuntimeException e) {
      sender.onError(e);
    }
  }

  private void sendWhole(Response response, ByteBuffer bytes, boolean bodiless) {
    int length = bytes.remaining();
    boolean lengthless = status == 204 || status == 304;
    ByteBuf content = bodiless ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(bytes);
    sendLast(response, lengthless ? Framing.NONE : Framing.LENGTH, length, content);
  }

  private void sendLast(Response response, Framing framing, int length, ByteBuf content) {
    keepAlive = incoming.keepAlive() && connection.staysOpen() && !response.closes();
    HttpHeaders headers = head(response, framing, length);
    finish(
        channel.write(
            new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(status),
                content,
                headers,
                EmptyHttpHeaders.INSTANCE)));
  }

  /**
   * The head of a streamed answer; HTTP/1.0 knows no chunks, so there the connection's end is it.
   */
  HttpResponse streamHead(Response response) {
    boolean chunked = !request.protocol().equals("HTTP/1.0");
    keepAlive = chunked && incoming.keepAlive() && connection.staysOpen() && !response.closes();
    Framing framing = chunked ? Framing.CHUNKED : Framing.NONE;
    HttpHeaders headers = head(response, framing, 0);
    return new DefaultHttpResponse(
        HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status), headers);
  }

  private HttpHeaders head(Response response, Framing framing, int length) {
    return ResponseHead.of(request, response, service.common(), framing, length, keepAlive);
  }

  /** The end of a streamed answer has been written. */
  void streamEnded(ChannelFuture sent) {
    stream = null;
    finish(sent);
  }

  /** A stream failed before any of it was sent. */
  void streamFailedEarly(Throwable failure) {
    stream = null;
    send(rendered(failure));
  }

  /** A stream failed when part of it had been sent: the client is to see that it is not whole. */
  void streamBroke(Throwable failure) {
    LOG.warn("request {}: its stream broke off", request.id(), failure);
    connection.breakOff();
  }

  private void finish(ChannelFuture sent) {
    sent.addListener(done -> reportSent());
    sent.addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    connection.finished(sent, keepAlive);
  }

  private void reportSent() {
    Duration took = Duration.ofNanos(service.nanoClock().getAsLong() - wholeAtNanos);
    try {
      service.access().answered(request, status, took);
    } catch (RuntimeException e) {
      LOG.error("request {}: the access listener failed", request.id(), e);
    }
  }
}
