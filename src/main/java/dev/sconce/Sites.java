package dev.sconce;

import dev.sconce.api.OpenApi;
import dev.sconce.http.CorsSettings;
import dev.sconce.http.ErrorRenderer;
import dev.sconce.http.ListenAddress;
import dev.sconce.http.Listener;
import dev.sconce.http.Router;
import dev.sconce.http.TlsIdentity;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which routes are found at which address: APIs that are given the same address share a router. */
final class Sites {
  private final ErrorRenderer errors;
  private final List<Site> sites = new ArrayList<>();

  private record Site(ListenAddress address, Router.Builder router) {}

  Sites(ErrorRenderer errors) {
    this.errors = errors;
  }

  /** The router of an address; port 0 is a free port of its own each time. */
  Router.Builder at(ListenAddress address) {
    return sites.stream()
        .filter(site -> !isAnyPort(address) && site.address.equals(address))
        .findFirst()
        .map(Site::router)
        .orElseGet(() -> add(address));
  }

  private static boolean isAnyPort(ListenAddress address) {
    return address.socket() instanceof InetSocketAddress inet && inet.getPort() == 0;
  }

  private Router.Builder add(ListenAddress address) {
    Router.Builder router = Router.builder(errors);
    sites.add(new Site(address, router));
    return router;
  }

  /**
   * The listeners, each with a description of its routes, in the order in which their addresses
   * were asked for.
   *
   * @param identity there if any address wants TLS
   */
  List<Listener> listeners(Optional<TlsIdentity> identity, CorsSettings cors) {
    sites.forEach(site -> OpenApi.addTo(site.router));
    return sites.stream()
        .map(
            site ->
                new Listener(
                    site.address,
                    identity.filter(there -> site.address.tls()),
                    cors,
                    site.router.build()))
        .toList();
  }
}
