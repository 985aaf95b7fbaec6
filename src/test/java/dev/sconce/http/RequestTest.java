package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an endpoint sees of a request, and what becomes of its answer. */
@ExtendWith(LeakCheck.class)
class RequestTest {
  private static final String GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

  private static Request seenBy(String request) throws Exception {
    CompletableFuture<Request> seen = new CompletableFuture<>();
    Endpoint keeping =
        r -> {
          seen.complete(r);
          return TestServer.text("");
        };
    try (TestServer server = new TestServer(keeping)) {
      server.exchange(request);
      return seen.get();
    }
  }

  @Test
  void anEndpointSeesAllOfARequest() throws Exception {
    Request request =
        seenBy(
            "PUT /a%20b?x=1&x=2&y HTTP/1.1\r\nHost: h\r\nX-Foo:  bar baz \r\nx-foo: 2\r\n"
                + "Content-Type: application/json; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}");
    assertThat(request.method()).isEqualTo("PUT");
    assertThat(request.path()).isEqualTo("/a%20b");
    assertThat(request.segments()).containsExactly("a b");
    assertThat(request.query()).isEqualTo("x=1&x=2&y");
    assertThat(request.parameters().get("x")).containsExactly("1", "2");
    assertThat(request.parameter("y")).contains("");
    assertThat(request.parameter("z")).isEmpty();
    assertThat(request.protocol()).isEqualTo("HTTP/1.1");
    assertThat(request.header("x-FOO")).contains("bar baz");
    assertThat(request.headers().all("X-Foo")).containsExactly("bar baz", "2");
    assertThat(((InetSocketAddress) request.remoteAddress()).getAddress().isLoopbackAddress())
        .isTrue();
    assertThat(request.body()).isInstanceOf(Body.Raw.class);
    Body.Raw body = (Body.Raw) request.body();
    assertThat(body.contentType()).isEqualTo("application/json; charset=utf-8");
    assertThat(body.content().get(0)).isEqualTo((byte) '{');
    assertThat(body.content().hasArray()).isTrue();
    assertThatThrownBy(() -> request.pathVariable("model"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Content-Length: 0\r\n",
        "Content-Length: 0\r\nContent-Type: multipart/form-data; boundary=x\r\n",
        "Transfer-Encoding: chunked\r\nContent-Type: application/json\r\n",
      })
  void aBodyOfNoBytesIsEmptyWhateverItsTypeSays(String headers) throws Exception {
    String chunks = headers.startsWith("T") ? "0\r\n\r\n" : "";
    Request request = seenBy("POST /a HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" + chunks);
    assertThat(request.body()).isEqualTo(new Body.Empty());
  }

  @Test
  void aBrokenFormIsAnsweredAndTheConnectionLivesOn() throws Exception {
    String form =
        "POST /a HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
            + "Content-Length: 9\r\n\r\n--b\r\ncut..";
    try (TestServer server = new TestServer(request -> TestServer.text("served"));
        RawClient client = server.connect()) {
      RawClient.Reply reply = client.send(form).reply();
      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.body()).contains("multipart body: ends before its closing boundary --b--");
      assertThat(reply.header("connection")).isEqualTo("keep-alive");
      assertThat(client.send(GET).reply().body()).isEqualTo("served");
    }
  }

  static List<String> saneIds() {
    return List.of("a", "client-id", "!~{}\"<>", "x".repeat(128));
  }

  @ParameterizedTest
  @MethodSource("saneIds")
  void aSaneIdOfTheClientIsKept(String id) throws Exception {
    CompletableFuture<String> seen = new CompletableFuture<>();
    Endpoint keeping =
        r -> {
          seen.complete(r.id());
          return TestServer.text("");
        };
    try (TestServer server = new TestServer(keeping)) {
      RawClient.Reply reply =
          server.exchange("GET /a HTTP/1.1\r\nHost: x\r\nX-Request-Id: " + id + "\r\n\r\n");
      assertThat(reply.header("x-request-id")).isEqualTo(id);
      assertThat(seen.get()).isEqualTo(id);
    }
  }

  static List<String> oddIds() {
    return List.of("", "a b", "a\tb", "caf\u00e9", "x".repeat(129));
  }

  @ParameterizedTest
  @MethodSource("oddIds")
  void anyOtherIdIsReplaced(String id) throws Exception {
    try (TestServer server = new TestServer(r -> TestServer.text(r.id()))) {
      RawClient.Reply reply =
          server.exchange("GET /a HTTP/1.1\r\nHost: x\r\nx-request-id: " + id + "\r\n\r\n");
      assertThat(reply.header("x-request-id")).isEqualTo("id-1");
      assertThat(reply.body()).isEqualTo("id-1");
    }
  }

  @Test
  void theAccessListenerHearsOfEveryAnswerAndHowLongItTook() throws Exception {
    CompletableFuture<Response> slow = new CompletableFuture<>();
    CompletableFuture<Void> came = new CompletableFuture<>();
    Endpoint endpoint =
        request -> {
          came.complete(null);
          return slow;
        };
    try (TestServer server = new TestServer(endpoint);
        RawClient client = server.connect()) {
      client.send(GET.replace("/a", "/a?b=c"));
      came.get();
      server.pass(Duration.ofMillis(250));
      slow.complete(Response.of(202, "text/plain", ""));
      assertThat(client.reply().status()).isEqualTo(202);
      assertThat(server.nextAccess()).isEqualTo("GET /a 202 250");
      client.send("NONSENSE\r\n\r\n");
      assertThat(server.nextAccess()).isEqualTo("- / 400 0");
    }
  }

  @Test
  void anAccessListenerThatThrowsHarmsNobody() throws Exception {
    try (HttpServer server =
            HttpServer.open(
                HttpSettings.defaults(),
                List.of(new Listener(TestServer.anyPort(), r -> TestServer.text("ok"))),
                new TestErrors(),
                (request, status, took) -> {
                  throw new IllegalStateException("on purpose");
                },
                () -> "id",
                System::nanoTime);
        RawClient client = new RawClient(server.addresses().get(0).socket())) {
      assertThat(client.send(GET).reply().body()).isEqualTo("ok");
      assertThat(client.send(GET).reply().body()).isEqualTo("ok");
    }
  }

  @Test
  void whateverAnEndpointFailsWithReachesTheRenderer() throws Exception {
    Endpoint failing =
        request ->
            switch (request.path()) {
              case "/thrown" -> throw new IllegalStateException("thrown");
              case "/error" -> throw new StackOverflowError("error");
              case "/failed" ->
                  CompletableFuture.failedFuture(
                      new CompletionException(new IllegalStateException("failed")));
              case "/derived" ->
                  CompletableFuture.supplyAsync(
                          () -> {
                            throw new IllegalStateException("derived");
                          })
                      .thenApply(x -> Response.of(200, "text/plain", ""));
              default -> TestServer.text("fine");
            };
    try (TestServer server = new TestServer(failing);
        RawClient client = server.connect()) {
      for (String path : List.of("/thrown", "/error", "/failed", "/derived")) {
        RawClient.Reply reply = client.send(GET.replace("/a", path)).reply();
        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.body()).contains("\"message\": \"" + path.substring(1) + "\"");
      }
      assertThat(client.send(GET).reply().body()).isEqualTo("fine");
    }
  }

  @Test
  void aRendererThatFailsIsAnsweredByABare500() throws Exception {
    try (HttpServer server =
            HttpServer.open(
                HttpSettings.defaults(),
                List.of(
                    new Listener(
                        TestServer.anyPort(),
                        r -> CompletableFuture.failedFuture(new IllegalStateException("first")))),
                (failure, request) -> {
                  throw new IllegalStateException("second");
                },
                (request, status, took) -> {},
                () -> "id",
                System::nanoTime);
        RawClient client = new RawClient(server.addresses().get(0).socket())) {
      RawClient.Reply reply = client.send(GET).reply();
      assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 500 Internal Server Error");
      assertThat(reply.body()).isEmpty();
      assertThat(client.send(GET).reply().status()).isEqualTo(500);
    }
  }
}
