package dev.sconce.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * As little as a server on Netty can do: it has this room's transport and decoder, throws every
 * body away and answers {@code 200} with what {@code /ping} answers. For benchmarks.
 */
public final class BareServer {
  static final byte[] HEALTHY =
      "{\n  \"status\": \"Healthy\"\n}\n".getBytes(StandardCharsets.US_ASCII);

  private BareServer() {}

  /**
   * Listens until the process ends.
   *
   * @param port 0 for a free one
   * @return where it listens: 127.0.0.1 and the port
   */
  public static InetSocketAddress listen(int port) {
    HttpSettings settings = HttpSettings.defaults();
    Transport transport = Transport.best(settings.nativeTransport());
    return (InetSocketAddress)
        new ServerBootstrap()
            .group(
                new MultiThreadIoEventLoopGroup(
                    settings.eventLoopThreads(), transport.ioHandlers()))
            .channel(transport.tcp())
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel
                        .pipeline()
                        .addLast(new RequestDecoder(settings))
                        .addLast(new HttpResponseEncoder())
                        .addLast(new ConstantAnswer());
                  }
                })
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .syncUninterruptibly()
            .channel()
            .localAddress();
  }

  /** Of one connection, on its event loop. */
  private static final class ConstantAnswer extends ChannelInboundHandlerAdapter {
    private boolean keepAlive;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof HttpRequest request) {
        keepAlive = HttpUtil.isKeepAlive(request);
      }
      boolean last = message instanceof LastHttpContent;
      ReferenceCountUtil.release(message);
      if (last) {
        answer(ctx);
      }
    }

    private void answer(ChannelHandlerContext ctx) {
      DefaultFullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(HEALTHY));
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
      HttpUtil.setContentLength(response, HEALTHY.length);
      HttpUtil.setKeepAlive(response, keepAlive);
      ctx.write(response)
          .addListener(
              keepAlive ? ChannelFutureListener.CLOSE_ON_FAILURE : ChannelFutureListener.CLOSE);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ChannelFuture unused = ctx.close(); // a client that went away
    }
  }
}
