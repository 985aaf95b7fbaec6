package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.api.ErrorResponses;
import dev.sconce.http.CorsSettings;
import dev.sconce.http.ListenAddress;
import dev.sconce.http.Listener;
import dev.sconce.http.Router;
import dev.sconce.http.TlsIdentity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SitesTest {
  private final Sites sites = new Sites(new ErrorResponses());

  private static ListenAddress port(int port) {
    return new ListenAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), false);
  }

  private List<Listener> listeners() {
    return sites.listeners(Optional.empty(), CorsSettings.NONE);
  }

  @Test
  void apisWithTheSameAddressShareARouterAndOthersDoNot() {
    assertThat(sites.at(port(8080))).isSameAs(sites.at(port(8080)));
    assertThat(sites.at(port(8081))).isNotSameAs(sites.at(port(8080)));
    assertThat(listeners()).extracting(Listener::address).containsExactly(port(8080), port(8081));
  }

  @Test
  void apisWithTheSameUnixSocketShareARouter() {
    ListenAddress socket = new ListenAddress(UnixDomainSocketAddress.of("a.sock"), false);
    assertThat(sites.at(socket)).isSameAs(sites.at(socket));
    assertThat(listeners()).extracting(Listener::address).containsExactly(socket);
  }

  @Test
  void theCertificateIsShownWhereTlsIsSpokenOnly() {
    TlsIdentity identity = TlsIdentity.selfSigned(Instant.now());
    Router.Builder plain = sites.at(port(8080));
    Router.Builder secured =
        sites.at(
            new ListenAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 8443), true));
    assertThat(plain).isNotSameAs(secured);
    assertThat(sites.listeners(Optional.of(identity), CorsSettings.NONE))
        .extracting(Listener::identity)
        .containsExactly(Optional.empty(), Optional.of(identity));
  }

  @Test
  void portZeroIsAnotherPortEachTime() {
    assertThat(sites.at(port(0))).isNotSameAs(sites.at(port(0)));
    assertThat(listeners()).hasSize(2);
  }
}
