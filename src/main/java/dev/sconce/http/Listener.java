package dev.sconce.http;

import java.net.SocketAddress;
import java.util.Optional;

/**
 * An address to listen on and who answers there.
 *
 * @param address where to listen
 * @param identity the certificate that is shown there; there if and only if TLS is spoken
 * @param cors what pages of other origins are told
 * @param endpoint answers every request that comes in there, as a rule a {@link Router}
 */
public record Listener(
    ListenAddress address, Optional<TlsIdentity> identity, CorsSettings cors, Endpoint endpoint) {

  /** Checks that a certificate is there when it is needed. */
  public Listener {
    if (address.tls() != identity.isPresent()) {
      throw new IllegalArgumentException(
          "identity: " + identity + " (expected: one with https, none without) for " + address);
    }
  }

  /** Plain HTTP for pages of the own origin. */
  public Listener(SocketAddress address, Endpoint endpoint) {
    this(new ListenAddress(address, false), Optional.empty(), CorsSettings.NONE, endpoint);
  }
}
