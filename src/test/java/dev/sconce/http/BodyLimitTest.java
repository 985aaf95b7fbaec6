package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class BodyLimitTest {
  private static final int LIMIT = 100_000;
  private static final AtomicLong LAST_SIZE = new AtomicLong();
  private static TestServer server;

  @BeforeAll
  static void start() {
    server =
        new TestServer(
            TestServer.bodiesUpTo(LIMIT),
            request -> {
              LAST_SIZE.set(((Body.Raw) request.body()).content().remaining());
              return TestServer.text("taken");
            });
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String head(String headers) {
    return "POST /a HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n\r\n";
  }

  private static void assertTooLarge(RawClient.Reply reply, String size) {
    assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 413 Request Entity Too Large");
    assertThat(reply.header("connection")).isEqualTo("close");
    assertThat(reply.body())
        .isEqualTo(
            """
            {
              "code": 413,
              "type": "PayloadTooLargeException",
              "message": "body: %s bytes (expected: at most 100000)"
            }
            """
                .formatted(size));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4096, 65_536, LIMIT})
  void aBodyUpToTheLimitIsTaken(int size) throws IOException {
    String body = "x".repeat(size);
    assertThat(server.exchange(head("Content-Length: " + size) + body).body()).isEqualTo("taken");
    assertThat(LAST_SIZE).hasValue(size);
    String chunk = Integer.toHexString(size) + "\r\n" + body + "\r\n0\r\n\r\n";
    assertThat(server.exchange(head("Transfer-Encoding: chunked") + chunk).body())
        .isEqualTo("taken");
    assertThat(LAST_SIZE).hasValue(size);
  }

  @Test
  void anAnnouncedBodyBeyondTheLimitIsRefusedBeforeAnyOfItComes() throws IOException {
    try (RawClient client = server.connect()) {
      client.send(head("Content-Length: " + (LIMIT + 1)));
      assertTooLarge(client.reply(), "100001");
      client.endSending();
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void aClientThatAsksFirstIsRefusedInsteadOfToldToGoOn() throws IOException {
    try (RawClient client = server.connect()) {
      client.send(head("Content-Length: 9999999\r\nExpect: 100-continue"));
      assertTooLarge(client.reply(), "9999999");
    }
  }

  @Test
  void aChunkedBodyIsRefusedWhenItPassesTheLimit() throws IOException {
    try (RawClient client = server.connect()) {
      client.send(head("Transfer-Encoding: chunked"));
      for (int i = 0; i < 11; i++) {
        client.send("2710\r\n" + "x".repeat(10_000) + "\r\n");
      }
      RawClient.Reply reply = client.reply();
      assertThat(reply.status()).isEqualTo(413);
      assertThat(reply.body()).contains("\"message\": \"body: at least 1");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClientThatSendsFiftyMegabytesFirstStillReadsTheAnswer(boolean chunked) throws IOException {
    try (RawClient client = server.connect()) {
      client.send(head(chunked ? "Transfer-Encoding: chunked" : "Content-Length: 50000000"));
      byte[] piece =
          ((chunked ? "f4240\r\n" : "") + "x".repeat(1_000_000))
              .getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < 50; i++) {
        client.send(piece).send(chunked ? "\r\n" : "");
      }
      client.send(chunked ? "0\r\n\r\n" : "");
      assertThat(client.reply().status()).isEqualTo(413);
      client.endSending();
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @Test
  void theClientOfTheJdkReadsTheAnswerToo() throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(server.uri("/a"))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[LIMIT + 1]))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("PayloadTooLargeException");
  }

  @Test
  void aRefusedBodyIsNeverMistakenForARequest() throws IOException {
    try (RawClient client = server.connect()) {
      client.send(head("Content-Length: 200000") + head("Content-Length: 0"));
      assertThat(client.reply().status()).isEqualTo(413);
      client.endSending();
      assertThat(client.toEnd()).isEmpty();
    }
  }

  @Test
  void othersAreServedWhileABodyIsBeingRefused() throws IOException {
    try (RawClient client = server.connect()) {
      client.send(head("Content-Length: 50000000") + "x".repeat(1000));
      assertThat(server.exchange(head("Content-Length: 3") + "abc").body()).isEqualTo("taken");
      assertThat(client.reply().status()).isEqualTo(413);
    }
  }
}
