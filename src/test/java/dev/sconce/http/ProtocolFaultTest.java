package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What two servers could read in two ways is refused, and the connection with it. */
@ExtendWith(LeakCheck.class)
class ProtocolFaultTest {
  private static final String INVALID = "Invalid HTTP message.";
  private static final String CHUNKED = "Transfer-Encoding: chunked";
  private static final String LENGTH = "Content-Length: 5";

  /** Follows every faulty request: if it is ever answered, something was smuggled. */
  private static final String NEXT = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

  private static final Queue<String> SERVED = new ConcurrentLinkedQueue<>();
  private static TestServer server;

  @BeforeAll
  static void start() {
    server =
        new TestServer(
            request -> {
              SERVED.add(request.path());
              return TestServer.text("served");
            });
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void forget() {
    SERVED.clear();
  }

  private static String post(String headers, String body) {
    return "POST /a HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n\r\n" + body;
  }

  private static String chunked(String chunks) {
    return post(CHUNKED, chunks);
  }

  private static String get(String headers) {
    return "GET /a HTTP/1.1\r\n" + headers + "\r\n\r\n";
  }

  static Stream<Arguments> faults() {
    return Stream.of(requestLines(), hosts(), lengths(), codings(), headers(), chunks(), tooLong())
        .flatMap(List::stream);
  }

  private static List<Arguments> requestLines() {
    String target = " (expected: a path beginning with / or an http URI, without fragment)";
    return List.of(
        Arguments.of("no HTTP at all", "NONSENSE\r\n\r\n", INVALID),
        Arguments.of("TLS", "\u0016\u0003\u0001\u0002\u0000\u0001\u00fc\r\n", INVALID),
        Arguments.of("no protocol", "GET /a\r\n\r\n", INVALID),
        Arguments.of("another protocol", "GET /a RTSP/1.0\r\n\r\n", INVALID),
        Arguments.of(
            "HTTP/2 without asking",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "protocol: HTTP/2.0 (expected: HTTP/1.1 or HTTP/1.0)"),
        Arguments.of("no path", "GET a HTTP/1.1\r\nHost: x\r\n\r\n", "request target: a" + target),
        Arguments.of(
            "a tunnel",
            "CONNECT host:443 HTTP/1.1\r\nHost: x\r\n\r\n",
            "request target: host:443" + target),
        Arguments.of("a blank before", " GET /a HTTP/1.1\r\nHost: x\r\n\r\n", INVALID),
        Arguments.of("lines that end in LF", "GET /a HTTP/1.1\nHost: x\n\n", INVALID));
  }

  private static List<Arguments> hosts() {
    return List.of(
        Arguments.of("no Host", get("X-A: 1"), "Host: 0 of this header (expected: 1)"),
        Arguments.of(
            "two Hosts", get("Host: x\r\nHost: x"), "Host: 2 of this header (expected: 1)"));
  }

  private static List<Arguments> lengths() {
    return List.of(
        Arguments.of(
            "two lengths", post("Content-Length: 5\r\nContent-Length: 6", "abcde"), INVALID),
        Arguments.of(
            "one length twice", post("Content-Length: 5\r\nContent-Length: 5", "abcde"), INVALID),
        Arguments.of("two in one", post("Content-Length: 5, 5", "abcde"), INVALID),
        Arguments.of("a negative length", post("Content-Length: -5", ""), INVALID),
        Arguments.of("a length with a sign", post("Content-Length: +5", "abcde"), INVALID),
        Arguments.of("a length in C", post("Content-Length: 0x5", "abcde"), INVALID),
        Arguments.of("a vast length", post("Content-Length: 99999999999999999999", ""), INVALID),
        Arguments.of("a length and chunks", post(LENGTH + "\r\n" + CHUNKED, "0\r\n\r\n"), INVALID),
        Arguments.of("chunks and a length", post(CHUNKED + "\r\n" + LENGTH, "0\r\n\r\n"), INVALID),
        Arguments.of(
            "a body that only a draft of WebSocket has",
            get(
                    "Host: x\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key1: 1\r\nSec-WebSocket-Key2: 2")
                + "GET /sm HT",
            INVALID));
  }

  private static List<Arguments> codings() {
    return List.of(
        Arguments.of("an unknown coding", post("Transfer-Encoding: gzip", "abc"), INVALID),
        Arguments.of("one behind chunked", post("Transfer-Encoding: chunked, gzip", ""), INVALID),
        Arguments.of("chunked twice", post("Transfer-Encoding: chunked, chunked", ""), INVALID),
        Arguments.of("almost chunked", post("Transfer-Encoding: xchunked", "0\r\n\r\n"), INVALID),
        Arguments.of(
            "chunks in HTTP/1.0",
            "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            INVALID));
  }

  private static List<Arguments> headers() {
    return List.of(
        Arguments.of("a folded header", post("X-A: 1\r\n 2", ""), INVALID),
        Arguments.of("one folded by a tab", post("Transfer-Encoding:\r\n\tchunked", ""), INVALID),
        Arguments.of("the first one folded", get(" X-A: 1\r\nHost: x"), INVALID),
        Arguments.of("a blank before the colon", post("Content-Length : 5", "abcde"), INVALID),
        Arguments.of("no colon", post("X-A", ""), INVALID),
        Arguments.of("no name", post(": 1", ""), INVALID),
        Arguments.of("a name that is no token", post("X(A): 1", ""), INVALID),
        Arguments.of("a NUL in a value", post("X-A: 1\u00002", ""), INVALID),
        Arguments.of("a CR in a value", post("X-A: 1\rX-B: 2", ""), INVALID),
        Arguments.of("a line that ends in LF", post("X-A: 1\nX-B: 2", ""), INVALID));
  }

  private static List<Arguments> chunks() {
    return List.of(
        Arguments.of("a size that is no number", chunked("xyz\r\nabc\r\n0\r\n\r\n"), INVALID),
        Arguments.of("no size", chunked("\r\nabc\r\n0\r\n\r\n"), INVALID),
        Arguments.of("a negative size", chunked("-3\r\nabc\r\n0\r\n\r\n"), INVALID),
        Arguments.of("a size with a sign", chunked("+3\r\nabc\r\n0\r\n\r\n"), INVALID),
        Arguments.of("a size in C", chunked("0x3\r\nabc\r\n0\r\n\r\n"), INVALID),
        Arguments.of("a blank before the size", chunked(" 3\r\nabc\r\n0\r\n\r\n"), INVALID),
        Arguments.of("a vast size", chunked("fffffffffffffffff\r\n"), INVALID),
        Arguments.of("a size that ends in LF", chunked("3\nabc\r\n0\r\n\r\n"), INVALID),
        Arguments.of("more bytes than the size", chunked("3\r\nabcd\r\n0\r\n\r\n"), INVALID),
        Arguments.of("bytes that end in LF", chunked("3\r\nabc\n0\r\n\r\n"), INVALID),
        Arguments.of("LF in an extension", chunked("3;a\nb\r\nabc\r\n0\r\n\r\n"), INVALID));
  }

  private static List<Arguments> tooLong() {
    String headers = "headers: too long (expected: at most 16384 bytes)";
    return List.of(
        Arguments.of(
            "a request line without end",
            "GET /" + "a".repeat(10_000),
            "request line: too long (expected: at most 4096 bytes)"),
        Arguments.of(
            "a chunk extension without end",
            chunked("3;" + "a".repeat(10_000)),
            "chunk size line: too long (expected: at most 4096 bytes)"),
        Arguments.of("a header without end", post("X-A: " + "a".repeat(20_000), ""), headers),
        Arguments.of("headers without end", post("X-A: 1\r\n".repeat(5000) + "X: 1", ""), headers));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void aBrokenRequestIsRefusedAndItsConnectionClosed(String what, String request, String message)
      throws IOException {
    try (RawClient client = server.connect()) {
      client.send(request + NEXT);
      RawClient.Reply reply = client.reply();
      assertThat(reply.statusLine()).as(what).isEqualTo("HTTP/1.1 400 Bad Request");
      assertThat(reply.body()).contains("\"message\": \"" + message + "\"");
      assertThat(reply.header("connection")).isEqualTo("close");
      assertThat(client.toEnd()).isEmpty();
    }
    assertThat(SERVED).isEmpty();
    assertThat(server.exchange(NEXT).body()).isEqualTo("served");
  }

  /** However the network cuts it, a broken request stays broken. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void aBrokenRequestThatTricklesInIsRefusedToo(String what, String request, String message)
      throws IOException {
    try (RawClient client = server.connect()) {
      int step = Math.max(1, request.length() / 200);
      for (int at = 0; at < request.length(); at += step) {
        client.send(request.substring(at, Math.min(at + step, request.length())));
      }
      client.send(NEXT);
      RawClient.Reply reply = client.reply();
      assertThat(reply.status()).as(what).isEqualTo(400);
      assertThat(reply.body()).contains(message);
      assertThat(client.toEnd()).isEmpty();
    }
    assertThat(SERVED).isEmpty();
  }

  @Test
  void requestsBeforeTheBrokenOneAreAnsweredFirst() throws IOException {
    try (RawClient client = server.connect()) {
      client.send(post("Content-Length: 2", " x") + NEXT + "NONSENSE\r\n\r\n" + NEXT);
      assertThat(client.reply().status()).isEqualTo(200);
      assertThat(client.reply().status()).isEqualTo(200);
      assertThat(client.reply().status()).isEqualTo(400);
      assertThat(client.toEnd()).isEmpty();
    }
    assertThat(SERVED).containsExactly("/a", "/smuggled");
  }

  /** A fold is looked for in heads only. */
  @Test
  void bodiesMayHaveLinesThatBeginWithBlanks() throws IOException {
    String lines = " a\r\n b\r\n\tc\n d";
    try (RawClient client = server.connect()) {
      client.send(post("Content-Length: " + lines.length(), lines) + "\r\n" + NEXT);
      assertThat(client.reply().status()).isEqualTo(200);
      assertThat(client.reply().status()).isEqualTo(200);
      client.send(chunked("3;ext=1\r\n a\n\r\n0\r\nX-Trailer: 1\r\n\r\n") + NEXT);
      assertThat(client.reply().status()).isEqualTo(200);
      assertThat(client.reply().status()).isEqualTo(200);
    }
  }

  @Test
  void aRequestThatIsCutOffByItsClientIsNotServed() throws Exception {
    try (TestServer own = new TestServer(request -> TestServer.text("served"));
        RawClient client = own.connect()) {
      client.send(post("Content-Length: 10", "abc"));
      client.endSending();
      assertThat(client.toEnd()).isEmpty();
      assertThat(own.exchange(NEXT).body()).isEqualTo("served");
      assertThat(own.nextAccess()).isEqualTo("GET /smuggled 200 0");
      assertThat(own.accessLogIsEmpty()).isTrue();
    }
  }
}
