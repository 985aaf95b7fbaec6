package dev.sconce.http;

import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.kqueue.KQueue;
import io.netty.channel.kqueue.KQueueIoHandler;
import io.netty.channel.kqueue.KQueueServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;

/**
 * How sockets are watched.
 *
 * <p>epoll and kqueue are preferred because they tell that a client has gone even while nothing is
 * read from it; the JDK's selector, which works everywhere, tells it only to who reads.
 *
 * @param ioHandlers makes what each event loop waits with
 * @param serverChannel listens on TCP addresses
 */
record Transport(IoHandlerFactory ioHandlers, Class<? extends ServerChannel> serverChannel) {

  /** The best that this machine has; the JDK's own if no native one is allowed. */
  static Transport best(boolean nativeAllowed) {
    if (nativeAllowed && Epoll.isAvailable()) {
      return new Transport(EpollIoHandler.newFactory(), EpollServerSocketChannel.class);
    }
    if (nativeAllowed && KQueue.isAvailable()) {
      return new Transport(KQueueIoHandler.newFactory(), KQueueServerSocketChannel.class);
    }
    return new Transport(NioIoHandler.newFactory(), NioServerSocketChannel.class);
  }
}
