package dev.sconce.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to one server, each on a connection where nothing else is under way; answers are
 * read and forgotten. Belongs to its event loop, on which all calls have to be made.
 */
final class Client {
  /** In the place of a status: the connection failed, or ended before the answer did. */
  static final int NO_ANSWER = 0;

  private final Bootstrap bootstrap;
  private final int mostConnections;
  private final Deque<Connection> idle = new ArrayDeque<>();
  private final Deque<Call> waiting = new ArrayDeque<>();
  private int connections;
  private int connectionsAtOnce;

  /**
   * A request to be sent.
   *
   * @param answered is told the status once the answer has come to its end, or {@link #NO_ANSWER}
   */
  record Call(FullHttpRequest request, IntConsumer answered) {}

  /**
   * A client without connections.
   *
   * @param mostConnections beyond them, requests wait
   */
  Client(EventLoop loop, InetSocketAddress server, int mostConnections) {
    this.mostConnections = mostConnections;
    this.bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .remoteAddress(server)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel.pipeline().addLast(new HttpClientCodec()).addLast(new Connection());
                  }
                });
  }

  /** An event loop for clients. Where there is epoll it keeps time to the microsecond. */
  static EventLoop loop() {
    return new MultiThreadIoEventLoopGroup(
            1, Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory())
        .next();
  }

  /** Sends a request, on a new connection if none is free. */
  void send(Call call) {
    @Nullable Connection free = idle.poll();
    if (free != null) {
      free.send(call);
    } else if (connections < mostConnections) {
      connect(call);
    } else {
      waiting.add(call);
    }
  }

  /** How many connections there were at once. */
  int connectionsAtOnce() {
    return connectionsAtOnce;
  }

  private void connect(Call call) {
    connections++;
    connectionsAtOnce = Math.max(connectionsAtOnce, connections);
    ChannelFuture connecting = bootstrap.connect();
    connecting.addListener(
        done -> {
          if (done.isSuccess()) {
            connecting.channel().pipeline().get(Connection.class).send(call);
          } else {
            call.request.release();
            call.answered.accept(NO_ANSWER);
            lost();
          }
        });
  }

  private void lost() {
    connections--;
    @Nullable Call next = waiting.poll();
    if (next != null) {
      connect(next);
    }
  }

  /** One connection, which is free, or sends one request and reads its answer. */
  private final class Connection extends ChannelInboundHandlerAdapter {
    private @Nullable ChannelHandlerContext context;
    private @Nullable Call current;
    private int status;
    private boolean keepAlive;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      context = ctx;
    }

    void send(Call call) {
      current = call;
      Objects.requireNonNull(context)
          .writeAndFlush(call.request)
          .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof HttpResponse response) {
        status = response.status().code();
        keepAlive = HttpUtil.isKeepAlive(response);
      }
      boolean last = message instanceof LastHttpContent;
      ReferenceCountUtil.release(message);
      if (last && status >= 200) { // below: 100 Continue and the like, an answer follows
        answered(ctx);
      }
    }

    private void answered(ChannelHandlerContext ctx) {
      @Nullable Call call = current;
      current = null;
      if (keepAlive) {
        @Nullable Call next = waiting.poll();
        if (next == null) {
          idle.push(this);
        } else {
          send(next);
        }
      } else {
        ChannelFuture unused = ctx.close();
      }
      if (call != null) {
        call.answered.accept(status);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      idle.remove(this);
      @Nullable Call call = current;
      current = null;
      if (call != null) {
        call.answered.accept(NO_ANSWER);
      }
      lost();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ChannelFuture unused = ctx.close();
    }
  }
}
