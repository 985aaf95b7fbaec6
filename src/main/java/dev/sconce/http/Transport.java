package dev.sconce.http;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.kqueue.KQueueServerDomainSocketChannel;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/**
 * How sockets are watched.
 *
 * <p>epoll and kqueue are preferred because they tell that a client has gone even while nothing is
 * read from it; the JDK's selector, which works everywhere, tells it only to who reads.
 *
 * @param ioHandlers makes what each event loop waits with
 * @param tcp listens on TCP addresses
 * @param unix listens on unix sockets
 * @param nativeUnix whether {@code unix} knows Netty's kind of address and not the JDK's
 */
record Transport(
    IoHandlerFactory ioHandlers,
    Class<? extends ServerChannel> tcp,
    Class<? extends ServerChannel> unix,
    boolean nativeUnix) {

  /** The best that this machine has; the JDK's own if no native one is allowed. */
  static Transport best(boolean nativeAllowed) {
    if (nativeAllowed && Epoll.isAvailable()) {
      return new Transport(
          EpollIoHandler.newFactory(),
          EpollServerSocketChannel.class,
          EpollServerDomainSocketChannel.class,
          true);
    }
    if (nativeAllowed && KQueue.isAvailable()) {
      return new Transport(
          KQueueIoHandler.newFactory(),
          KQueueServerSocketChannel.class,
          KQueueServerDomainSocketChannel.class,
          true);
    }
    return new Transport(
        NioIoHandler.newFactory(),
        NioServerSocketChannel.class,
        NioServerDomainSocketChannel.class,
        false);
  }

  /** What listens on an address. */
  Class<? extends ServerChannel> serverChannel(SocketAddress address) {
    return address instanceof UnixDomainSocketAddress ? unix : tcp;
  }

  /** An address as the transport wants it. */
  SocketAddress inward(SocketAddress address) {
    return nativeUnix && address instanceof UnixDomainSocketAddress path
        ? new DomainSocketAddress(path.getPath().toString())
        : address;
  }

  /** An address of the transport as the JDK has it. */
  static SocketAddress outward(SocketAddress address) {
    return address instanceof DomainSocketAddress path
        ? UnixDomainSocketAddress.of(path.path())
        : address;
  }

  /** Who is at the other end; callers at a unix socket have no name but the socket's. */
  static SocketAddress caller(Channel channel) {
    SocketAddress listening = outward(channel.parent().localAddress());
    return listening instanceof UnixDomainSocketAddress ? listening : channel.remoteAddress();
  }
}
