package dev.sconce.http;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Listens on any number of addresses and has what comes in answered.
 *
 * <p>Owns its event loops and all connections. May be used from any thread but its own event loops.
 */
public final class HttpServer implements AutoCloseable {
  private static final int BACKLOG = 1024;

  private final HttpSettings settings;
  private final Transport transport;
  private final EventLoopGroup eventLoops;
  private final List<Channel> listening = new ArrayList<>();
  private final ChannelGroup connections =
      new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private volatile boolean closing;

  private HttpServer(HttpSettings settings) {
    this.settings = settings;
    this.transport = Transport.best(settings.nativeTransport());
    this.eventLoops =
        new MultiThreadIoEventLoopGroup(
            settings.eventLoopThreads(),
            new DefaultThreadFactory("http-event-loop"),
            transport.ioHandlers());
  }

  /**
   * Listens on all the addresses, or on none.
   *
   * @param errors answers for requests that fail
   * @param access is told of every answer
   * @param requestIds makes ids for requests that bring none: 1 to 128 visible ASCII characters
   * @param nanoClock a clock that only runs forward, to tell how long an answer took
   * @throws ServingException {@code INTERNAL}, naming address and reason, if one cannot be listened
   *     on
   */
  public static HttpServer open(
      HttpSettings settings,
      List<Listener> listeners,
      ErrorRenderer errors,
      AccessListener access,
      Supplier<String> requestIds,
      LongSupplier nanoClock) {
    HttpServer server = new HttpServer(settings);
    try {
      for (Listener listener : listeners) {
        Endpoint endpoint = listener.endpoint();
        server.listen(
            listener.address(),
            new Service(settings, endpoint, errors, access, requestIds, nanoClock));
      }
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** The addresses that are listened on, with their real ports, in the order of the listeners. */
  public List<SocketAddress> addresses() {
    return listening.stream().map(Channel::localAddress).toList();
  }

  /**
   * Stops listening, lets requests in work finish for as long as the settings say, closes all
   * connections and ends the event loops. Blocks until that is done; further calls do nothing.
   */
  @Override
  public void close() {
    closing = true;
    listening.forEach(channel -> channel.close().awaitUninterruptibly());
    connections.forEach(HttpServer::drain);
    connections
        .newCloseFuture()
        .awaitUninterruptibly(settings.drainTimeout().toNanos(), TimeUnit.NANOSECONDS);
    connections.close().awaitUninterruptibly();
    eventLoops.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  private void listen(SocketAddress address, Service service) {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(eventLoops)
            .channel(transport.serverChannel())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childHandler(new Connections(service))
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new ServingException(
          ErrorCode.INTERNAL,
          "cannot listen on " + address + ": " + bound.cause().getMessage(),
          bound.cause());
    }
    listening.add(bound.channel());
  }

  private static void drain(Channel connection) {
    connection.pipeline().fireUserEventTriggered(HttpConnection.Drain.NOW);
  }

  /** Equips every connection that is accepted. */
  private final class Connections extends ChannelInitializer<Channel> {
    private final Service service;

    Connections(Service service) {
      this.service = service;
    }

    @Override
    protected void initChannel(Channel channel) {
      RequestDecoder decoder = new RequestDecoder(settings);
      long idleNanos = settings.idleTimeout().toNanos();
      channel
          .pipeline()
          .addLast(new IdleStateHandler(true, 0, 0, idleNanos, TimeUnit.NANOSECONDS))
          .addLast(decoder)
          .addLast(new HttpResponseEncoder())
          .addLast(new HttpConnection(service, channel, decoder));
      connections.add(channel);
      if (closing) {
        drain(channel); // accepted while close() went through the connections
      }
    }
  }
}
