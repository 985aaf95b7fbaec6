package dev.sconce.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * Two servers to measure against each other, or to try a client on: {@code BenchmarkServers 8080
 * 8081} listens with this room on the first port ({@code /ping} is constant, {@code /echo} tells
 * what it understood) and on the second with a bare Netty handler that answers everything as {@code
 * /ping}. Runs until it is killed. Measured by {@code wrk -t1 -c32 -d6s http://127.0.0.1:8080/ping}
 * and the same on the other port, in turns.
 */
final class BenchmarkServers {
  private static final byte[] HEALTHY =
      "{\n  \"status\": \"Healthy\"\n}\n".getBytes(StandardCharsets.US_ASCII);

  private BenchmarkServers() {}

  public static void main(String[] args) {
    ErrorRenderer errors = new TestErrors();
    Router router =
        Router.builder(errors)
            .any("/ping", request -> answer(Response.of(200, "application/json", HEALTHY)))
            .any("/echo", request -> answer(echo(request)))
            .build();
    HttpServer server =
        HttpServer.open(
            HttpSettings.defaults(),
            List.of(new Listener(loopback(port(args, 0)), router)),
            errors,
            (request, status, took) -> {},
            () -> UUID.randomUUID().toString(),
            System::nanoTime);
    System.out.println("sconce " + server.addresses());
    bare(port(args, 1));
  }

  private static int port(String[] args, int index) {
    return Integer.parseInt(args[index]);
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private static CompletableFuture<Response> answer(Response response) {
    return CompletableFuture.completedFuture(response);
  }

  private static Response echo(Request request) {
    StringBuilder text = new StringBuilder();
    text.append(request.method()).append(' ').append(request.segments());
    text.append(' ').append(request.parameters()).append('\n');
    Body body = request.body();
    if (body instanceof Body.Raw raw) {
      text.append("raw ").append(raw.content().remaining()).append(" bytes, type ");
      text.append(raw.contentType()).append('\n');
    } else if (body instanceof Body.Form form) {
      form.fields()
          .forEach(
              (name, field) ->
                  text.append("field ")
                      .append(name)
                      .append(": ")
                      .append(field.content().remaining())
                      .append(" bytes, hash ")
                      .append(field.content().hashCode())
                      .append(", type ")
                      .append(field.contentType())
                      .append(", file ")
                      .append(field.fileName())
                      .append('\n'));
    } else {
      text.append("empty\n");
    }
    return Response.of(200, "text/plain; charset=utf-8", text.toString());
  }

  private static void bare(int port) {
    Transport transport = Transport.best(true);
    new ServerBootstrap()
        .group(new MultiThreadIoEventLoopGroup(transport.ioHandlers()))
        .channel(transport.tcp())
        .childHandler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                channel
                    .pipeline()
                    .addLast(new HttpServerCodec())
                    .addLast(new HttpObjectAggregator(6_553_500))
                    .addLast(new BareHandler());
              }
            })
        .bind(loopback(port))
        .syncUninterruptibly();
    System.out.println("bare Netty " + port);
  }

  /** As little as a Netty handler can do. */
  private static final class BareHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      DefaultFullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(HEALTHY));
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, "application/json");
      HttpUtil.setContentLength(response, HEALTHY.length);
      HttpUtil.setKeepAlive(response, HttpUtil.isKeepAlive(request));
      ctx.write(response).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }
  }
}
