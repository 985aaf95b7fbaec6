package dev.sconce;

import dev.sconce.http.ErrorRenderer;
import dev.sconce.http.Listener;
import dev.sconce.http.Router;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Which routes are found at which address: APIs that are given the same address share a router. */
final class Sites {
  private final ErrorRenderer errors;
  private final List<Site> sites = new ArrayList<>();

  private record Site(InetSocketAddress address, Router.Builder router) {}

  Sites(ErrorRenderer errors) {
    this.errors = errors;
  }

  /** The router of an address; port 0 is a free port of its own each time. */
  Router.Builder at(InetSocketAddress address) {
    return sites.stream()
        .filter(site -> address.getPort() != 0 && site.address.equals(address))
        .findFirst()
        .map(Site::router)
        .orElseGet(() -> add(address));
  }

  private Router.Builder add(InetSocketAddress address) {
    Router.Builder router = Router.builder(errors);
    sites.add(new Site(address, router));
    return router;
  }

  List<Listener> listeners() {
    return sites.stream().map(site -> new Listener(site.address, site.router.build())).toList();
  }
}
