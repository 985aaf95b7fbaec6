package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.api.ErrorResponses;
import dev.sconce.http.Listener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class SitesTest {
  private final Sites sites = new Sites(new ErrorResponses());

  private static InetSocketAddress port(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  @Test
  void apisWithTheSameAddressShareARouterAndOthersDoNot() {
    assertThat(sites.at(port(8080))).isSameAs(sites.at(port(8080)));
    assertThat(sites.at(port(8081))).isNotSameAs(sites.at(port(8080)));
    assertThat(sites.listeners())
        .extracting(Listener::address)
        .containsExactly(port(8080), port(8081));
  }

  @Test
  void portZeroIsAnotherPortEachTime() {
    assertThat(sites.at(port(0))).isNotSameAs(sites.at(port(0)));
    assertThat(sites.listeners()).hasSize(2);
  }
}
