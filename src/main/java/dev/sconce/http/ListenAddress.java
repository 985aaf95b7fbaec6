package dev.sconce.http;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/**
 * Where to listen, and whether TLS is spoken there.
 *
 * @param socket an {@link InetSocketAddress}, port 0 for any free one, or a {@link
 *     UnixDomainSocketAddress}
 * @param tls whether callers have to begin with a TLS handshake
 */
public record ListenAddress(SocketAddress socket, boolean tls) {

  /**
   * As it is configured: {@code https://127.0.0.1:8443}, {@code http://[::1]:80}, {@code unix:a}.
   */
  @Override
  public String toString() {
    if (socket instanceof InetSocketAddress inet) {
      String host = inet.isUnresolved() ? inet.getHostString() : inet.getAddress().getHostAddress();
      return (tls ? "https://" : "http://")
          + (host.contains(":") ? "[" + host + "]" : host)
          + ":"
          + inet.getPort();
    }
    return "unix:" + socket;
  }
}
