package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Chunks;
import dev.sconce.handler.Deadline;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class StreamTest {
  private static final String GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final long PATIENCE_SECONDS = 30;

  /** Gives each piece on the spot when it is asked for, on whatever thread asks. */
  private static final class OnTheSpot implements Flow.Publisher<ByteBuffer> {
    private final ByteBuffer piece;
    private final int count;
    private final AtomicInteger given = new AtomicInteger();
    private final CompletableFuture<Void> cancelled = new CompletableFuture<>();

    OnTheSpot(ByteBuffer piece, int count) {
      this.piece = piece;
      this.count = count;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
      subscriber.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long pieces) {
              for (long i = 0; i < pieces && given.get() < count; i++) {
                given.incrementAndGet();
                subscriber.onNext(piece.duplicate());
                if (given.get() == count) {
                  subscriber.onComplete();
                }
              }
            }

            @Override
            public void cancel() {
              cancelled.complete(null);
            }
          });
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Endpoint streaming(Flow.Publisher<ByteBuffer> pieces) {
    Response response =
        new Response(200, Headers.of("content-type", "text/plain"), new Response.Stream(pieces));
    return request ->
        request.path().equals("/a")
            ? CompletableFuture.completedFuture(response)
            : TestServer.text("other");
  }

  /** A stream of those texts; each is a task for the subscriber's own pace. */
  private static Flow.Publisher<ByteBuffer> pieces(List<String> texts) {
    Chunks chunks = new Chunks(texts.stream().map(StreamTest::bytes).iterator());
    return subscriber -> {
      chunks.subscribe(subscriber);
      new Thread(() -> chunks.pump(Deadline.after(Duration.ofSeconds(30), System::nanoTime)))
          .start();
    };
  }

  @Test
  void thePiecesOfAHandlerArriveInTheirOrderAndTheConnectionLivesOn() throws Exception {
    List<String> texts = Stream.iterate(0, i -> i + 1).limit(200).map(i -> i + " ").toList();
    try (TestServer server = new TestServer(streaming(pieces(texts)));
        RawClient client = server.connect()) {
      assertThat(client.send(GET).reply().body()).isEqualTo(String.join("", texts));
      assertThat(client.send(GET.replace("/a", "/b")).reply().body()).isEqualTo("other");
      assertThat(server.nextAccess()).isEqualTo("GET /a 200 0");
    }
  }

  @Test
  void anEmptyPieceIsNotTheEnd() throws Exception {
    try (TestServer server = new TestServer(streaming(pieces(List.of("a", "", "b", ""))))) {
      assertThat(server.exchange(GET).body()).isEqualTo("ab");
    }
  }

  @Test
  void aStreamWithoutPiecesIsAnEmptyBody() throws Exception {
    try (TestServer server = new TestServer(streaming(pieces(List.of())));
        RawClient client = server.connect()) {
      RawClient.Reply reply = client.send(GET).reply();
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.body()).isEmpty();
      assertThat(client.send(GET.replace("/a", "/b")).reply().body()).isEqualTo("other");
    }
  }

  @Test
  void aClientOfTheOldProtocolReadsToTheEndOfTheConnection() throws Exception {
    try (TestServer server = new TestServer(streaming(pieces(List.of("a", "b", "c"))));
        RawClient client = server.connect()) {
      client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      RawClient.Reply head = client.replyWithoutBody();
      assertThat(head.header("transfer-encoding")).isEmpty();
      assertThat(head.header("connection")).isEqualTo("close");
      assertThat(client.toEnd()).isEqualTo("abc");
    }
  }

  @Test
  void headTakesNoPiece() throws Exception {
    OnTheSpot stream = new OnTheSpot(bytes("x"), 1);
    try (TestServer server = new TestServer(streaming(stream));
        RawClient client = server.connect()) {
      RawClient.Reply head = client.send(GET.replace("GET", "HEAD")).replyWithoutBody();
      assertThat(head.status()).isEqualTo(200);
      stream.cancelled.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(stream.given).hasValue(0);
      assertThat(client.send(GET.replace("/a", "/b")).reply().body()).isEqualTo("other");
    }
  }

  @Test
  void aPublisherThatAnswersOnTheSpotDoesNotGrowTheStack() throws Exception {
    OnTheSpot stream = new OnTheSpot(bytes("x"), 20_000);
    try (TestServer server = new TestServer(streaming(stream))) {
      assertThat(server.exchange(GET).body()).hasSize(20_000);
    }
  }

  /** Two hundred pieces of a quarter of a megabyte: no system's buffers hold them. */
  @Test
  void aClientThatDoesNotReadHoldsThePublisherBack() throws Exception {
    int count = 200;
    OnTheSpot stream = new OnTheSpot(ByteBuffer.wrap(new byte[262_144]), count);
    try (TestServer server = new TestServer(TestServer.oneLoop(true), streaming(stream));
        RawClient client = RawClient.withReceiveBuffer(server.address(), 65_536);
        RawClient other = server.connect()) {
      client.send(GET);
      int quiet = 0;
      for (int before = -1; quiet < 200; before = stream.given.get()) {
        // Each round goes through the one event loop, and so through all that waits there.
        assertThat(other.send(GET.replace("/a", "/b")).reply().body()).isEqualTo("other");
        quiet = before == stream.given.get() ? quiet + 1 : 0;
      }
      assertThat(stream.given.get()).isBetween(1, count / 2);
      assertThat(client.reply().body()).hasSize(count * 262_144);
      assertThat(stream.given).hasValue(count);
    }
  }

  @Test
  void aClientThatGoesCancelsTheStream() throws Exception {
    OnTheSpot stream = new OnTheSpot(ByteBuffer.wrap(new byte[65_536]), Integer.MAX_VALUE);
    try (TestServer server = new TestServer(streaming(stream))) {
      try (RawClient client = server.connect()) {
        assertThat(client.send(GET).replyWithoutBody().status()).isEqualTo(200);
      }
      stream.cancelled.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(server.nextAccess()).isEqualTo("GET /a 200 0");
    }
  }

  @Test
  void anErrorBeforeTheFirstPieceIsAnsweredLikeAnyOther() throws Exception {
    Flow.Publisher<ByteBuffer> failing =
        subscriber -> {
          subscriber.onSubscribe(new Idle());
          subscriber.onError(new ServingException(ErrorCode.BAD_REQUEST, "no such prompt"));
        };
    try (TestServer server = new TestServer(streaming(failing));
        RawClient client = server.connect()) {
      RawClient.Reply reply = client.send(GET).reply();
      assertThat(reply.status()).isEqualTo(400);
      assertThat(reply.body()).contains("no such prompt");
      assertThat(client.send(GET.replace("/a", "/b")).reply().body()).isEqualTo("other");
    }
  }

  static final class Idle implements Flow.Subscription {
    @Override
    public void request(long pieces) {}

    @Override
    public void cancel() {}
  }

  @Test
  void aPublisherThatRefusesToBeSubscribedToIsAFailureUnlessNothingWasWantedOfIt()
      throws Exception {
    Flow.Publisher<ByteBuffer> refusing =
        subscriber -> {
          throw new IllegalStateException("taken");
        };
    try (TestServer server = new TestServer(streaming(refusing))) {
      assertThat(server.exchange(GET).status()).isEqualTo(500);
      try (RawClient client = server.connect()) {
        client.send(GET.replace("GET", "HEAD"));
        assertThat(client.replyWithoutBody().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void anErrorAfterTheFirstPieceBreaksTheBodyOff() throws Exception {
    Flow.Publisher<ByteBuffer> failing =
        subscriber -> {
          subscriber.onSubscribe(new Idle());
          subscriber.onNext(bytes("half"));
          subscriber.onError(new IllegalStateException("on purpose"));
        };
    try (TestServer server = new TestServer(streaming(failing));
        RawClient client = server.connect()) {
      client.send(GET);
      assertThat(client.replyWithoutBody().status()).isEqualTo(200);
      assertThat(client.line() + client.line()).isEqualTo("4half");
      assertThatThrownBy(client::line).isInstanceOf(EOFException.class);
      assertThat(server.nextAccess()).isEqualTo("GET /a 200 0");
    }
  }
}
