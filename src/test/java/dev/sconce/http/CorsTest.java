package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeakCheck.class)
class CorsTest {
  private static final CorsSettings CORS =
      new CorsSettings(
          Optional.of("https://example.com"),
          Optional.of("GET, POST, PUT, OPTIONS"),
          Optional.of("X-Custom-Header"));

  private static TestServer server(CorsSettings cors) {
    Endpoint endpoint = request -> TestServer.text(request.method());
    ListenAddress address = new ListenAddress(TestServer.anyPort(), false);
    return new TestServer(
        TestServer.bodiesUpTo(10), new Listener(address, Optional.empty(), cors, endpoint));
  }

  private static String preflight(String method) {
    return method
        + " /a HTTP/1.1\r\nHost: x\r\nOrigin: https://example.com\r\n"
        + "Access-Control-Request-Method: POST\r\n\r\n";
  }

  @ParameterizedTest
  @CsvSource({
    "'GET /a HTTP/1.1\r\nHost: x\r\n\r\n', 200",
    "'POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n', 413",
    "'nonsense\r\n\r\n', 400",
    "'OPTIONS /a HTTP/1.1\r\nHost: x\r\n\r\n', 200",
  })
  void everyAnswerHasTheFieldsWhereTorchServeHasThem(String request, int status)
      throws IOException {
    try (TestServer server = server(CORS)) {
      RawClient.Reply reply = server.exchange(request);
      assertThat(reply.status()).isEqualTo(status);
      assertThat(reply.headers())
          .containsSubsequence(
              "x-request-id: id-1",
              "access-control-allow-origin: https://example.com",
              "access-control-allow-methods: GET, POST, PUT, OPTIONS",
              "access-control-allow-headers: X-Custom-Header",
              "Pragma: no-cache");
    }
  }

  @Test
  void eachFieldStandsForItself() throws IOException {
    CorsSettings methods = new CorsSettings(Optional.empty(), Optional.of("GET"), Optional.empty());
    try (TestServer server = server(methods)) {
      RawClient.Reply reply = server.exchange(preflight("GET"));
      assertThat(reply.header("access-control-allow-methods")).isEqualTo("GET");
      assertThat(reply.headers()).filteredOn(h -> h.startsWith("access-control")).hasSize(1);
    }
  }

  @Test
  void withoutSettingsNothingIsSaid() throws IOException {
    try (TestServer server = server(CorsSettings.NONE)) {
      RawClient.Reply reply = server.exchange(preflight("OPTIONS"));
      assertThat(reply.body()).isEqualTo("OPTIONS");
      assertThat(reply.headers()).noneMatch(header -> header.startsWith("access-control"));
    }
  }

  @Test
  void aPreflightIsAnsweredAndDoesNothing() throws IOException {
    try (TestServer server = server(CORS)) {
      RawClient.Reply reply = server.exchange(preflight("OPTIONS"));
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.body()).isEmpty();
      assertThat(reply.header("access-control-allow-origin")).isEqualTo("https://example.com");
      assertThat(server.exchange(preflight("POST")).body()).isEqualTo("POST");
    }
  }

  @Test
  void aValueOfTwoLinesIsRefused() {
    assertThatThrownBy(
            () -> new CorsSettings(Optional.of("a\r\nb: c"), Optional.empty(), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
