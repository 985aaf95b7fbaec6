package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The form of answers, against what a running TorchServe 0.12.0 was seen to send ({@code
 * src/test/resources/contract}).
 */
@ExtendWith(LeakCheck.class)
class ResponseFormatTest {
  private static final Path CAPTURES = Path.of("src/test/resources/contract");
  private static final String GET = "GET /x HTTP/1.1\r\nHost: x\r\n\r\n";

  /** The status line and headers of a capture. */
  private static List<String> captured(String name) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(CAPTURES.resolve(name + ".txt")));
    lines.removeIf(line -> line.startsWith("$ "));
    return lines.subList(0, lines.indexOf(""));
  }

  /** What is the same in every run, and on purpose the same in both servers. */
  private static List<String> comparable(List<String> head) {
    return head.stream()
        .filter(line -> !line.startsWith("HTTP/1.1") && !line.startsWith("connection:"))
        .map(line -> line.replaceAll("^(x-request-id: |content-length: ).*", "$1..."))
        .toList();
  }

  private static List<String> head(RawClient.Reply reply) {
    List<String> lines = new ArrayList<>();
    lines.add(reply.statusLine());
    lines.addAll(reply.headers());
    return lines;
  }

  @Test
  void aJsonAnswerIsWordForWordTorchServes() throws IOException {
    Response healthy = Response.of(200, "application/json", "{\n  \"status\": \"Healthy\"\n}\n");
    try (TestServer server =
        new TestServer(request -> CompletableFuture.completedFuture(healthy))) {
      List<String> ours = head(server.exchange(GET));
      List<String> theirs = new ArrayList<>(captured("ping_post"));
      theirs.set(2, "x-request-id: id-1");
      assertThat(ours).isEqualTo(theirs);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"unknown_path_inference", "get_root_inference"})
  void aRefusalHasTorchServesHeadersButLeavesTheConnectionOpen(String capture) throws IOException {
    Router router =
        Router.builder(new TestErrors()).route("POST", "/", r -> TestServer.text("")).build();
    String path = capture.startsWith("unknown") ? "/unknown" : "/";
    try (TestServer server = new TestServer(router)) {
      RawClient.Reply reply = server.exchange("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
      List<String> ours = new ArrayList<>(comparable(reply.headers()));
      ours.remove("allow: POST");
      assertThat(ours).isEqualTo(comparable(captured(capture)));
      assertThat(reply.statusLine()).isEqualTo(captured(capture).get(0));
      assertThat(captured(capture)).contains("connection: close");
      assertThat(reply.header("connection")).isEqualTo("keep-alive");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"malformed_http", "uri_too_long"})
  void bytesThatAreNotHttpAreAnsweredAsInTorchServe(String capture) throws IOException {
    String request = capture.equals("malformed_http") ? "NONSENSE\r\n\r\n" : tooLong();
    try (TestServer server = new TestServer(r -> TestServer.text(""))) {
      RawClient.Reply reply = server.exchange(request);
      assertThat(comparable(reply.headers())).isEqualTo(comparable(captured(capture)));
      assertThat(reply.statusLine()).isEqualTo(captured(capture).get(0));
      assertThat(reply.header("connection")).isEqualTo("close");
    }
  }

  private static String tooLong() {
    return "GET /" + "x".repeat(5000) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }

  @Test
  void anAnswersOwnHeadersComeFirstInTheirOrder() throws IOException {
    Response teapot =
        Response.of(418, "text/plain; charset=utf-8", "custom status")
            .withHeader("x-custom", "yes");
    try (TestServer server = new TestServer(request -> CompletableFuture.completedFuture(teapot))) {
      assertThat(comparable(server.exchange(GET).headers()))
          .isEqualTo(comparable(captured("echo_mode_status")));
    }
  }

  @Test
  void headIsAnsweredWithTheHeadersOfGetAndNoBody() throws IOException {
    Response answer =
        new Response(200, Headers.NONE, new Response.Whole(ByteBuffer.wrap(new byte[413])));
    try (TestServer server = new TestServer(request -> CompletableFuture.completedFuture(answer));
        RawClient client = server.connect()) {
      client.send("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n" + GET);
      RawClient.Reply head = client.replyWithoutBody();
      assertThat(comparable(head.headers())).isEqualTo(comparable(captured("echo_head")));
      assertThat(head.header("content-length")).isEqualTo("413");
      assertThat(client.reply().body()).hasSize(413);
    }
  }

  @Test
  void aStreamIsSentInChunksAsInTorchServe() throws IOException {
    try (TestServer server =
            new TestServer(request -> CompletableFuture.completedFuture(stream()));
        RawClient client = server.connect()) {
      List<String> head = head(client.send(GET).replyWithoutBody());
      assertThat(comparable(head)).isEqualTo(comparable(captured("stream")));
      assertThat(client.line() + client.line()).isEqualTo("7chunk0 ");
      assertThat(client.line() + client.line()).isEqualTo("4last");
      assertThat(client.line() + client.line()).isEqualTo("0");
    }
  }

  private static Response stream() {
    SubmissionPublisher<ByteBuffer> pieces = new SubmissionPublisher<>(Runnable::run, 16);
    return new Response(
        200,
        Headers.of("ts_stream_next", "true"),
        new Response.Stream(
            subscriber -> {
              pieces.subscribe(subscriber);
              pieces.submit(ByteBuffer.wrap("chunk0 ".getBytes(StandardCharsets.UTF_8)));
              pieces.submit(ByteBuffer.wrap("last".getBytes(StandardCharsets.UTF_8)));
              pieces.close();
            }));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length",
        "transfer-encoding",
        "CONNECTION",
        "X-Request-Id",
        "expires",
        "pragma",
        "Cache-Control",
        "upgrade",
        "trailer",
      })
  void whatFramesAMessageCannotBeSetByAnAnswer(String name) throws IOException {
    Response answer = Response.of(200, "text/plain", "four").withHeader(name, "9");
    try (TestServer server = new TestServer(request -> CompletableFuture.completedFuture(answer))) {
      RawClient.Reply reply = server.exchange(GET);
      assertThat(reply.header(name)).isNotEqualTo("9");
      assertThat(reply.body()).isEqualTo("four");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304})
  void aStatusWithoutBodyHasNoLengthEither(int status) throws IOException {
    try (TestServer server =
            new TestServer(
                request ->
                    CompletableFuture.completedFuture(
                        request.path().equals("/x")
                            ? Response.of(status, "text/plain", "not to be sent")
                            : Response.of(200, "text/plain", "next")));
        RawClient client = server.connect()) {
      RawClient.Reply bodiless = client.send(GET).reply();
      assertThat(bodiless.status()).isEqualTo(status);
      assertThat(bodiless.header("content-length")).isEmpty();
      assertThat(client.send(GET.replace("/x", "/y")).reply().body()).isEqualTo("next");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "200 OK",
        "202 Accepted",
        "413 Request Entity Too Large",
        "503 Service Unavailable",
        "507 Insufficient Storage",
        "513 Server Error (513)"
      })
  void theStatusIsSentWithItsReason(String status) throws IOException {
    int code = Integer.parseInt(status.substring(0, 3));
    try (TestServer server =
        new TestServer(
            request -> CompletableFuture.completedFuture(Response.of(code, "text/plain", "")))) {
      assertThat(server.exchange(GET).statusLine()).isEqualTo("HTTP/1.1 " + status);
    }
  }

  @Test
  void aResponseMustHaveAStatusOfHttp() {
    assertThatThrownBy(() -> Response.of(99, "text/plain", ""))
        .hasMessage("status: 99 (expected: 200 to 599)");
    assertThatThrownBy(() -> Response.of(600, "text/plain", ""))
        .hasMessage("status: 600 (expected: 200 to 599)");
  }
}
