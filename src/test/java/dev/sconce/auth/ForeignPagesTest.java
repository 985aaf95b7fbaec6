package dev.sconce.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.http.Body;
import dev.sconce.http.CorsSettings;
import dev.sconce.http.Headers;
import dev.sconce.http.Request;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForeignPagesTest {
  private static Optional<String> behind(
      String allowedOrigin, String method, String host, String header, String value) {
    CorsSettings cors =
        new CorsSettings(Optional.of(allowedOrigin), Optional.empty(), Optional.empty());
    Request request =
        new Request(
            "id",
            method,
            "/models",
            "",
            "HTTP/1.1",
            Headers.of("Host", host).with(header, value),
            new Body.Empty(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000),
            Map.of(),
            new CompletableFuture<>());
    return new ForeignPages(cors).behind(request);
  }

  @ParameterizedTest
  @CsvSource({
    "POST, 127.0.0.1:8081, Origin, http://evil.example",
    "PUT, 127.0.0.1:8081, Origin, http://127.0.0.1:8080",
    "DELETE, localhost:8081, Origin, http://localhost:3000",
    "POST, 127.0.0.1:8081, Origin, null",
    "POST, 127.0.0.1:8081, Origin, http://127.0.0.1:8081@evil.example",
    "POST, 127.0.0.1:8081, Sec-Fetch-Site, cross-site",
    "POST, 127.0.0.1:8081, Sec-Fetch-Site, same-site",
    // Names that a page's own name server made mean this machine.
    "POST, evil.example:8081, Origin, http://evil.example:8081",
    "POST, 127.0.0.1.evil.example, Origin, http://127.0.0.1.evil.example"
  })
  void aPageOfAnotherOriginIsToldByWhatTheBrowserSays(
      String method, String host, String header, String value) {
    assertThat(behind("https://pages.example", method, host, header, value))
        .hasValue(header + ": " + value);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:8081, Origin, http://127.0.0.1:8081",
    "[::1]:8081, Origin, http://[::1]:8081",
    "LOCALHOST:8444, Origin, https://localhost:8444",
    "127.0.0.1:8081, Origin, https://pages.example",
    "127.0.0.1:8081, Sec-Fetch-Site, same-origin",
    "127.0.0.1:8081, Sec-Fetch-Site, none",
    "myhost:8081, User-Agent, curl/7.88.1"
  })
  void thisServersPagesThoseThatCorsNamesAndCallersWithoutAnyAreNotForeign(
      String host, String header, String value) {
    assertThat(behind("https://pages.example", "POST", host, header, value)).isEmpty();
  }

  @Test
  void ifAnyOriginMayCallNoPageIsForeign() {
    assertThat(behind("*", "POST", "127.0.0.1", "Origin", "http://a.example")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD", "OPTIONS"})
  void whatChangesNothingIsLetIn(String method) {
    assertThat(behind("https://b.example", method, "127.0.0.1", "Origin", "http://a.example"))
        .isEmpty();
  }
}
