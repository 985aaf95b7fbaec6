package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeakCheck.class)
class ConnectionTest {
  private static final Endpoint PATH = request -> TestServer.text(request.path());

  private static String get(String path, String... headers) {
    return "GET "
        + path
        + " HTTP/1.1\r\nHost: x\r\n"
        + String.join("\r\n", headers)
        + (headers.length > 0 ? "\r\n\r\n" : "\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1, x: y, keep-alive",
    "HTTP/1.1, connection: keep-alive, keep-alive",
    "HTTP/1.1, connection: close, close",
    "HTTP/1.1, 'Connection: TE, Close', close",
    "HTTP/1.0, x: y, close",
    "HTTP/1.0, connection: keep-alive, keep-alive",
    "HTTP/1.0, connection: close, close",
  })
  void theClientDecidesWhetherItsConnectionStaysOpen(String protocol, String header, String kept)
      throws IOException {
    String request = "GET /a " + protocol + "\r\nHost: x\r\n" + header + "\r\n\r\n";
    try (TestServer server = new TestServer(PATH);
        RawClient client = server.connect()) {
      RawClient.Reply reply = client.send(request).reply();
      assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 200 OK");
      assertThat(reply.header("connection")).isEqualTo(kept);
      if (kept.equals("close")) {
        assertThat(client.isClosedByServer()).isTrue();
      } else {
        assertThat(client.send(get("/b")).reply().body()).isEqualTo("/b");
      }
    }
  }

  @Test
  void aFailedRequestDoesNotCloseTheConnection() throws IOException {
    Endpoint failing =
        request -> {
          if (request.path().equals("/fail")) {
            throw new IllegalStateException("on purpose");
          }
          return TestServer.text("fine");
        };
    try (TestServer server = new TestServer(failing);
        RawClient client = server.connect()) {
      RawClient.Reply failed = client.send(get("/fail")).reply();
      assertThat(failed.status()).isEqualTo(500);
      assertThat(failed.header("connection")).isEqualTo("keep-alive");
      assertThat(client.send(get("/a")).reply().body()).isEqualTo("fine");
    }
  }

  @Test
  void afterAClosingRequestNothingMoreIsAnswered() throws IOException {
    Queue<String> asked = new ConcurrentLinkedQueue<>();
    Endpoint noting =
        request -> {
          asked.add(request.path());
          return TestServer.text(request.path());
        };
    try (TestServer server = new TestServer(noting);
        RawClient client = server.connect()) {
      client.send(get("/last", "connection: close") + get("/never"));
      assertThat(client.toEnd()).endsWith("/last");
    }
    assertThat(asked).containsExactly("/last");
  }

  @Test
  void requestsSentAheadAreAnsweredInTheirOrderHoweverLongEachTakes() throws Exception {
    int count = 500;
    ExecutorService threads = Executors.newFixedThreadPool(4);
    Endpoint elsewhere =
        request ->
            CompletableFuture.supplyAsync(
                () -> Response.of(200, "text/plain", request.path()), threads);
    try (TestServer server = new TestServer(elsewhere);
        RawClient client = server.connect()) {
      StringBuilder ahead = new StringBuilder();
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        ahead
            .append("POST /")
            .append(i)
            .append(" HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
        expected.add("/" + i);
      }
      client.send(ahead.toString());
      List<String> answers = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        answers.add(client.reply().body());
      }
      assertThat(answers).isEqualTo(expected);
    } finally {
      threads.shutdown();
    }
  }

  /** Each exchange is finished on the spot: the stack must not grow with their number. */
  @Test
  void thousandsOfRequestsSentAheadAreAnsweredOnTheSpot() throws Exception {
    int count = 5000;
    try (TestServer server = new TestServer(PATH);
        RawClient client = server.connect()) {
      Thread sender = new Thread(() -> sendMany(client, get("/"), count));
      sender.start();
      for (int i = 0; i < count; i++) {
        assertThat(client.reply().body()).isEqualTo("/");
      }
      sender.join();
    }
  }

  private static void sendMany(RawClient client, String request, int count) {
    try {
      client.send(request.repeat(count));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void oneRequestOfAConnectionIsInWorkAtATime() throws Exception {
    Queue<String> asked = new ConcurrentLinkedQueue<>();
    CountDownLatch firstCame = new CountDownLatch(1);
    CompletableFuture<Response> firstAnswer = new CompletableFuture<>();
    Endpoint endpoint =
        request -> {
          asked.add(request.path());
          firstCame.countDown();
          return request.path().equals("/first") ? firstAnswer : PATH.answer(request);
        };
    try (TestServer server = new TestServer(endpoint);
        RawClient client = server.connect();
        RawClient other = server.connect()) {
      client.send(get("/first") + get("/second"));
      firstCame.await();
      assertThat(other.send(get("/other")).reply().body()).isEqualTo("/other");
      assertThat(asked).containsExactly("/first", "/other");
      firstAnswer.complete(Response.of(200, "text/plain", "at last"));
      assertThat(client.reply().body()).isEqualTo("at last");
      assertThat(client.reply().body()).isEqualTo("/second");
    }
  }

  /** A thousand requests with bodies of 60 kB: no system's buffers hold them. */
  @Test
  void requestsAreReadAheadOnlyUpToABound() throws Exception {
    int count = 1000;
    CompletableFuture<Response> first = new CompletableFuture<>();
    Endpoint endpoint = r -> r.path().equals("/first") ? first : PATH.answer(r);
    String request =
        "POST /next HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n" + "x".repeat(60_000);
    AtomicInteger sent = new AtomicInteger();
    try (TestServer server = new TestServer(TestServer.oneLoop(true), endpoint);
        RawClient client = server.connect();
        RawClient other = server.connect()) {
      client.send(get("/first"));
      Thread sender = new Thread(() -> sendEach(client, request, count, sent));
      sender.start();
      int quiet = 0;
      for (int before = -1; quiet < 200; before = sent.get()) {
        // Each round goes through the one event loop, and so through all that waits there.
        assertThat(other.send(get("/other")).reply().body()).isEqualTo("/other");
        quiet = before == sent.get() ? quiet + 1 : 0;
      }
      assertThat(sent.get()).isLessThan(count / 2);
      first.complete(Response.of(200, "text/plain", "first"));
      assertThat(client.reply().body()).isEqualTo("first");
      for (int i = 0; i < count; i++) {
        assertThat(client.reply().body()).isEqualTo("/next");
      }
      sender.join();
    }
  }

  private static void sendEach(RawClient client, String request, int count, AtomicInteger sent) {
    for (int i = 0; i < count; i++) {
      sendMany(client, request, 1);
      sent.incrementAndGet();
    }
  }

  @Test
  void aBlankLineAboveARequestIsPassedOver() throws IOException {
    try (TestServer server = new TestServer(PATH);
        RawClient client = server.connect()) {
      client.send("\r\n" + get("/a") + "\r\n\r\n" + get("/b"));
      assertThat(client.reply().body()).isEqualTo("/a");
      assertThat(client.reply().body()).isEqualTo("/b");
    }
  }

  @Test
  void anUpgradeIsNotOffered() throws IOException {
    try (TestServer server = new TestServer(PATH)) {
      RawClient.Reply reply =
          server.exchange(
              get(
                  "/a",
                  "Connection: Upgrade, HTTP2-Settings",
                  "Upgrade: h2c",
                  "HTTP2-Settings: A"));
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.header("upgrade")).isEmpty();
    }
  }

  @Test
  void theClientOfTheJdkIsServed() throws Exception {
    try (TestServer server =
        new TestServer(
            request ->
                TestServer.text(
                    request.method() + " " + ((Body.Raw) request.body()).contentType()))) {
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(server.uri("/a"))
                      .header("content-type", "image/png")
                      .PUT(HttpRequest.BodyPublishers.ofByteArray(new byte[1_000_000]))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("PUT image/png");
    }
  }
}
