package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class TimeoutTest {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final HttpSettings SHORT_IDLE = TestServer.timeouts(SHORT, LONG, SHORT);
  private static final HttpSettings SHORT_RECEIVE = TestServer.timeouts(LONG, SHORT, SHORT);
  private static final String GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final Endpoint OK = request -> TestServer.text("ok");

  @ParameterizedTest
  @ValueSource(strings = {"", "\r\n", "GET", "GET /a HTTP/1.1\r\nHost: x\r\n"})
  void aConnectionThatStandsStillIsClosedWithoutAWord(String begun) throws IOException {
    try (TestServer server = new TestServer(SHORT_IDLE, OK);
        RawClient client = server.connect()) {
      assertThat(client.send(begun).toEnd()).isEmpty();
    }
  }

  @Test
  void aConnectionThatStandsStillAfterAnAnswerIsClosedToo() throws IOException {
    try (TestServer server = new TestServer(SHORT_IDLE, OK);
        RawClient client = server.connect()) {
      assertThat(client.send(GET).reply().body()).isEqualTo("ok");
      assertThat(client.toEnd()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\n\r\nabc",
        "Content-Length: 5\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n3\r\nab",
      })
  void aRequestThatStandsStillIsToldSo(String rest) throws Exception {
    try (TestServer server = new TestServer(SHORT_IDLE, OK);
        RawClient client = server.connect()) {
      RawClient.Reply reply = client.send("POST /a HTTP/1.1\r\nHost: x\r\n" + rest).reply();
      assertThat(reply.statusLine()).isEqualTo("HTTP/1.1 408 Request Timeout");
      assertThat(reply.body()).contains("the request stood still for 300 ms");
      assertThat(client.toEnd()).isEmpty();
      assertThat(server.nextAccess()).isEqualTo("POST /a 408 0");
    }
  }

  @Test
  void aBodyThatTricklesInForTooLongIsRefused() throws IOException {
    try (TestServer server = new TestServer(SHORT_RECEIVE, OK);
        RawClient client = server.connect()) {
      client.send("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
      while (!client.hasReply()) {
        client.send("1\r\na\r\n");
      }
      RawClient.Reply reply = client.reply();
      assertThat(reply.status()).isEqualTo(408);
      assertThat(reply.body()).contains("the request was not whole after 300 ms");
    }
  }

  @Test
  void aHeadThatTricklesInForTooLongIsCutOff() throws IOException {
    HttpSettings settings = new HttpSettings(1, true, 4096, 1 << 20, 1000, 10, LONG, SHORT, SHORT);
    try (TestServer server = new TestServer(settings, OK);
        RawClient client = server.connect()) {
      client.send("GET /a HTTP/1.1\r\nX-A: ");
      assertThat(client.sendUntilClosed("a")).isTrue();
    }
  }

  /** The one who waits for the answer is not the one who is idle. */
  @Test
  void aRequestInWorkMayTakeLongerThanTheIdleTimeout() throws Exception {
    CompletableFuture<Response> slow = new CompletableFuture<>();
    CountDownLatch came = new CountDownLatch(1);
    Endpoint endpoint =
        request -> {
          came.countDown();
          return slow;
        };
    try (TestServer server = new TestServer(SHORT_IDLE, endpoint);
        RawClient client = server.connect()) {
      client.send(GET);
      came.await();
      try (RawClient later = server.connect()) {
        assertThat(later.toEnd()).isEmpty(); // so the idle timeout has passed for both
      }
      slow.complete(Response.of(200, "text/plain", "at last"));
      assertThat(client.reply().body()).isEqualTo("at last");
    }
  }

  @Test
  void aClientThatDoesNotReadItsAnswerIsCutOff() throws Exception {
    int size = 64_000_000;
    Response big = Response.of(200, "application/octet-stream", new byte[size]);
    try (TestServer server =
            new TestServer(SHORT_IDLE, request -> CompletableFuture.completedFuture(big));
        RawClient client = RawClient.withReceiveBuffer(server.address(), 65_536)) {
      client.send(GET);
      assertThat(server.nextAccess()).isEqualTo("GET /a 200 0"); // given up
      assertThat(client.replyWithoutBody().status()).isEqualTo(200);
      assertThat(client.bytesToEnd()).isLessThan(size);
    }
  }

  @Test
  void aClientThatDoesNotReadItsStreamIsCutOffToo() throws Exception {
    CompletableFuture<Void> cancelled = new CompletableFuture<>();
    Flow.Publisher<ByteBuffer> endless =
        subscriber ->
            subscriber.onSubscribe(
                new Flow.Subscription() {
                  @Override
                  public void request(long pieces) {
                    subscriber.onNext(ByteBuffer.wrap(new byte[262_144]));
                  }

                  @Override
                  public void cancel() {
                    cancelled.complete(null);
                  }
                });
    Response stream = new Response(200, Headers.NONE, new Response.Stream(endless));
    try (TestServer server =
            new TestServer(SHORT_IDLE, request -> CompletableFuture.completedFuture(stream));
        RawClient client = RawClient.withReceiveBuffer(server.address(), 65_536)) {
      client.send(GET);
      Void unused = cancelled.get(30, TimeUnit.SECONDS);
      assertThat(server.nextAccess()).isEqualTo("GET /a 200 0");
    }
  }

  /** A publisher that takes its time is no reason to send the client away. */
  @Test
  void aStreamWhoseNextPieceIsLateLivesOn() throws Exception {
    CompletableFuture<Flow.Subscriber<? super ByteBuffer>> subscribed = new CompletableFuture<>();
    Response stream = new Response(200, Headers.NONE, new Response.Stream(subscribed::complete));
    try (TestServer server =
            new TestServer(SHORT_IDLE, request -> CompletableFuture.completedFuture(stream));
        RawClient client = server.connect()) {
      client.send(GET);
      Flow.Subscriber<? super ByteBuffer> pieces = subscribed.get();
      pieces.onSubscribe(new Unhurried());
      pieces.onNext(ByteBuffer.wrap(new byte[3]));
      assertThat(client.replyWithoutBody().status()).isEqualTo(200);
      try (RawClient later = server.connect()) {
        assertThat(later.toEnd()).isEmpty(); // so the idle timeout has passed for both
      }
      pieces.onNext(ByteBuffer.wrap(new byte[4]));
      pieces.onComplete();
      assertThat(client.line()).isEqualTo("3");
      assertThat(client.line()).isEqualTo("\0\0\0");
      assertThat(client.line()).isEqualTo("4");
    }
  }

  private static final class Unhurried implements Flow.Subscription {
    @Override
    public void request(long pieces) {}

    @Override
    public void cancel() {}
  }
}
