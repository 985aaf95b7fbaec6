package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class ExpectationTest {
  private static final Endpoint BODY_SIZE =
      request ->
          TestServer.text(
              request.body() instanceof Body.Raw raw ? "" + raw.content().remaining() : "none");

  private static String post(String headers) {
    return "POST /a HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n\r\n";
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 3", "Transfer-Encoding: chunked"})
  void aClientThatAsksIsToldToGoOn(String framing) throws IOException {
    try (TestServer server = new TestServer(BODY_SIZE);
        RawClient client = server.connect()) {
      client.send(post(framing + "\r\nExpect: 100-Continue"));
      RawClient.Reply interim = client.replyWithoutBody();
      assertThat(interim.statusLine()).isEqualTo("HTTP/1.1 100 Continue");
      assertThat(interim.headers()).isEmpty();
      client.send(framing.startsWith("C") ? "abc" : "3\r\nabc\r\n0\r\n\r\n");
      assertThat(client.reply().body()).isEqualTo("3");
      assertThat(client.send(post("Content-Length: 1") + "x").reply().body()).isEqualTo("1");
    }
  }

  @Test
  void aBodyThatComesAtOnceNeedsNoInterimAnswer() throws IOException {
    try (TestServer server = new TestServer(BODY_SIZE)) {
      String request = post("Content-Length: 3\r\nExpect: 100-continue") + "abc";
      assertThat(server.exchange(request).body()).isEqualTo("3");
      String empty = post("Content-Length: 0\r\nExpect: 100-continue");
      assertThat(server.exchange(empty).body()).isEqualTo("none");
    }
  }

  @Test
  void aClientOfTheOldProtocolIsNotToldToGoOn() throws IOException {
    try (TestServer server = new TestServer(BODY_SIZE);
        RawClient client = server.connect()) {
      client.send("POST /a HTTP/1.0\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
      assertThat(client.send("abc").reply().body()).isEqualTo("3");
    }
  }

  @Test
  void whoAsksWhileAnEarlierRequestIsInWorkIsToldAfterThatOnesAnswer() throws Exception {
    CompletableFuture<Response> slow = new CompletableFuture<>();
    CountDownLatch came = new CountDownLatch(1);
    Endpoint endpoint =
        request -> {
          came.countDown();
          return request.path().equals("/slow") ? slow : BODY_SIZE.answer(request);
        };
    try (TestServer server = new TestServer(endpoint);
        RawClient client = server.connect()) {
      client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
      client.send(post("Content-Length: 3\r\nExpect: 100-continue"));
      came.await();
      slow.complete(Response.of(200, "text/plain", "slow"));
      assertThat(client.reply().body()).isEqualTo("slow");
      assertThat(client.replyWithoutBody().status()).isEqualTo(100);
      assertThat(client.send("abc").reply().body()).isEqualTo("3");
    }
  }

  @Test
  void whatNobodyCanFulfilIsRefused() throws IOException {
    try (TestServer server = new TestServer(BODY_SIZE);
        RawClient client = server.connect()) {
      client.send(post("Content-Length: 3\r\nExpect: 200-ok"));
      RawClient.Reply reply = client.reply();
      assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 417 Expectation Failed");
      assertThat(reply.body()).contains("Expect: 200-ok (expected: 100-continue)");
      assertThat(reply.header("connection")).isEqualTo("close");
    }
  }
}
