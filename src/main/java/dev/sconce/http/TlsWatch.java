package dev.sconce.http;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands behind TLS in a connection's pipeline: ends the connection when TLS ends or fails, and
 * tells of a failure in one line. Port scanners and clients that do not trust the certificate are
 * no fault of the server's.
 */
final class TlsWatch extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(TlsWatch.class);

  private boolean reported;

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake && !handshake.isSuccess()) {
      report(ctx, handshake.cause());
      close(ctx);
    } else if (event instanceof SslCloseCompletionEvent) {
      close(ctx); // the client has gone, as with TCP's FIN
    } else if (event == HttpConnection.Drain.NOW && isBeforeHandshake(ctx.pipeline())) {
      close(ctx);
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Throwable inner =
        cause instanceof DecoderException
            ? Optional.ofNullable(cause.getCause()).orElse(cause)
            : cause;
    if (inner instanceof SSLException) {
      report(ctx, inner);
      close(ctx);
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }

  private void report(ChannelHandlerContext ctx, Throwable cause) {
    if (!reported && !(cause instanceof ClosedChannelException)) {
      LOG.info("TLS with {} failed: {}", Transport.caller(ctx.channel()), cause.getMessage());
    }
    reported = true;
  }

  private static void close(ChannelHandlerContext ctx) {
    ChannelFuture unused = ctx.close();
  }

  private static boolean isBeforeHandshake(ChannelPipeline pipeline) {
    SslHandler tls = pipeline.get(SslHandler.class);
    return pipeline.get(TlsEntrance.class) != null
        || (tls != null && !tls.handshakeFuture().isDone());
  }
}
