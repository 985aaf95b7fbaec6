package dev.sconce.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.http.Body;
import dev.sconce.http.Headers;
import dev.sconce.http.Request;
import dev.sconce.http.Response;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopbackFilterTest {
  private final AtomicInteger passed = new AtomicInteger();

  private CompletableFuture<Response> callFrom(SocketAddress caller) {
    Request request =
        new Request(
            "id",
            "GET",
            "/models",
            "",
            "HTTP/1.1",
            // What a caller says of itself does not count.
            Headers.of("x-forwarded-for", "127.0.0.1"),
            new Body.Empty(),
            caller,
            Map.of(),
            new CompletableFuture<>());
    return new LoopbackFilter()
        .answer(
            request,
            let -> {
              passed.incrementAndGet();
              return CompletableFuture.completedFuture(Response.of(200, "text/plain", "in"));
            })
        .toCompletableFuture();
  }

  private static InetSocketAddress address(String literal) throws Exception {
    return new InetSocketAddress(InetAddress.getByName(literal), 40_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"})
  void callersOnThisMachineGetThrough(String literal) throws Exception {
    assertThat(callFrom(address(literal)).get().status()).isEqualTo(200);
    assertThat(passed).hasValue(1);
  }

  @Test
  void aUnixSocketIsOfThisMachine() throws Exception {
    SocketAddress socket = UnixDomainSocketAddress.of(Path.of("/tmp/sconce.sock"));
    assertThat(callFrom(socket).get().status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.1",
        "192.168.1.5",
        "0.0.0.0",
        "::",
        "fe80::1",
        "2001:db8::1",
        "::ffff:10.0.0.1",
        "128.0.0.1"
      })
  void callersElsewhereAreRefusedAndToldWhatWouldLetThemIn(String literal) throws Exception {
    assertRefused(address(literal));
  }

  @Test
  void anAddressThatNobodyLookedUpIsRefused() {
    assertRefused(InetSocketAddress.createUnresolved("localhost", 40_000));
  }

  private void assertRefused(SocketAddress caller) {
    assertThatThrownBy(() -> callFrom(caller).get())
        .cause()
        .isInstanceOf(ServingException.class)
        .hasFieldOrPropertyWithValue("code", ErrorCode.INVALID_KEY)
        .hasMessageContaining(
            "(expected: a loopback address, or disable_token_authorization=true)");
    assertThat(passed).hasValue(0);
  }
}
