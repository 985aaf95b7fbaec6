package dev.sconce.config;

import dev.sconce.http.CorsSettings;
import dev.sconce.http.ListenAddress;
import dev.sconce.http.TlsIdentity;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Where the APIs are found.
 *
 * @param inference where requests for models are answered
 * @param management where models are registered and described; empty if nowhere
 * @param metrics where Prometheus reads; empty if nowhere
 * @param identity what is shown to callers over TLS, if it is configured
 * @param cors what browsers are told
 */
public record Doors(
    ListenAddress inference,
    Optional<ListenAddress> management,
    Optional<ListenAddress> metrics,
    Optional<TlsIdentity> identity,
    CorsSettings cors) {

  /** Whether any address wants TLS. */
  public boolean tls() {
    return inference.tls()
        || management.map(ListenAddress::tls).orElse(false)
        || metrics.map(ListenAddress::tls).orElse(false);
  }

  /** What curl takes on this machine to reach the inference API, up to the path. */
  public String inferenceForCurl() {
    if (!(inference.socket() instanceof InetSocketAddress inet)) {
      return "--unix-socket " + inference.socket() + " http://localhost";
    }
    boolean any = inet.getAddress() == null || inet.getAddress().isAnyLocalAddress();
    String host = any ? "127.0.0.1" : inet.getHostString();
    String authority = (host.contains(":") ? "[" + host + "]" : host) + ":" + inet.getPort();
    if (!inference.tls()) {
      return "http://" + authority;
    }
    return (identity.isPresent() ? "https://" : "--insecure https://") + authority;
  }
}
