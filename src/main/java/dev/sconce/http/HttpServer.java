package dev.sconce.http;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on any number of addresses and has what comes in answered.
 *
 * <p>Owns its event loops and all connections. May be used from any thread but its own event loops.
 */
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
  private static final int BACKLOG = 1024;

  /** How long the event loops, which never block, have to end once there is no connection left. */
  public static final Duration LOOPS_END = Duration.ofSeconds(2);

  private final HttpSettings settings;
  private final Transport transport;
  private final EventLoopGroup eventLoops;
  private final List<Channel> listening = new ArrayList<>();
  private final List<ListenAddress> addresses = new ArrayList<>();
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
    BodyBudget bodies = BodyBudget.of(settings);
    try {
      for (Listener listener : listeners) {
        CorsSettings cors = listener.cors();
        Endpoint endpoint = cors.before(listener.endpoint());
        server.listen(
            listener,
            new Service(
                settings, bodies, endpoint, cors.fields(), errors, access, requestIds, nanoClock));
      }
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** The addresses that are listened on, with their real ports, in the order of the listeners. */
  public List<ListenAddress> addresses() {
    return List.copyOf(addresses);
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
    eventLoops
        .shutdownGracefully(0, LOOPS_END.toSeconds(), TimeUnit.SECONDS)
        .awaitUninterruptibly(LOOPS_END.toSeconds(), TimeUnit.SECONDS);
  }

  private void listen(Listener listener, Service service) {
    Optional<SslContext> tls = listener.identity().map(TlsContexts::of);
    listener
        .identity()
        .flatMap(own -> own.datedFault(Instant.now()))
        .ifPresent(fault -> LOG.warn("TLS: {}", fault));
    SocketAddress address = listener.address().socket();
    if (address instanceof UnixDomainSocketAddress unix) {
      SocketFile.makeWay(unix.getPath());
    }
    ChannelFuture bound =
        new ServerBootstrap()
            .group(eventLoops)
            .channel(transport.serverChannel(address))
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childHandler(new Connections(service, tls))
            .bind(transport.inward(address))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw cannotListen(listener, bound.cause());
    }
    listening.add(bound.channel());
    opened(listener, bound.channel());
  }

  private void opened(Listener listener, Channel channel) {
    SocketAddress real = Transport.outward(channel.localAddress());
    addresses.add(new ListenAddress(real, listener.address().tls()));
    if (real instanceof UnixDomainSocketAddress unix) {
      try {
        SocketFile.protect(unix.getPath());
      } catch (IOException e) {
        throw cannotListen(listener, e);
      }
    }
  }

  private static ServingException cannotListen(Listener listener, Throwable cause) {
    return new ServingException(
        ErrorCode.INTERNAL,
        "cannot listen on " + listener.address() + ": " + cause.getMessage(),
        cause);
  }

  private static void drain(Channel connection) {
    connection.pipeline().fireUserEventTriggered(HttpConnection.Drain.NOW);
  }

  /** Equips every connection that is accepted. */
  private final class Connections extends ChannelInitializer<Channel> {
    private final Service service;
    private final Optional<SslContext> tls;

    Connections(Service service, Optional<SslContext> tls) {
      this.service = service;
      this.tls = tls;
    }

    @Override
    protected void initChannel(Channel channel) {
      RequestDecoder decoder = new RequestDecoder(settings);
      long idleNanos = settings.idleTimeout().toNanos();
      ChannelPipeline pipeline = channel.pipeline();
      pipeline.addLast(new IdleStateHandler(true, 0, 0, idleNanos, TimeUnit.NANOSECONDS));
      Service behind = tls.map(context -> secured(pipeline, context)).orElse(service);
      pipeline
          .addLast(decoder)
          .addLast(new HttpResponseEncoder())
          .addLast(new HttpConnection(behind, channel, decoder));
      connections.add(channel);
      if (closing) {
        drain(channel); // accepted while close() went through the connections
      }
    }

    private Service secured(ChannelPipeline pipeline, SslContext context) {
      TlsEntrance entrance = new TlsEntrance(context);
      pipeline.addLast(entrance).addLast(new TlsWatch());
      return service.answeredBy(entrance.before(service.endpoint()));
    }
  }
}
