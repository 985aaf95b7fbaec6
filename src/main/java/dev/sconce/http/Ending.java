package dev.sconce.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/** How this side of a connection ends, with and without TLS. To be called on its event loop. */
final class Ending {
  private Ending() {}

  /**
   * Says that nothing more will be sent, and goes on reading. Over TLS the close_notify alert says
   * it first (RFC 8446, 6.1), so that the client knows that nobody cut the answer off.
   */
  static ChannelFuture endOutput(Channel channel) {
    DuplexChannel socket = (DuplexChannel) channel;
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      return socket.shutdownOutput();
    }
    ChannelPromise ended = channel.newPromise();
    tls.closeOutbound()
        .addListener(
            told -> {
              ChannelFuture unused = socket.shutdownOutput(ended);
            });
    return ended;
  }

  /**
   * Closes at once, and over TLS without close_notify: to a client that is not told the length of
   * an answer, that alert would be its proper end (RFC 9112, 9.8).
   */
  static void breakOff(Channel channel) {
    ChannelHandlerContext tls = channel.pipeline().context(SslHandler.class);
    ChannelFuture unused = tls == null ? channel.close() : tls.close();
  }
}
