package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
class DisconnectTest {
  private static final String GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final long PATIENCE_SECONDS = 30;

  private final BlockingQueue<Request> inWork = new LinkedBlockingQueue<>();
  private final CompletableFuture<Response> answer = new CompletableFuture<>();

  private Endpoint working() {
    return request -> {
      inWork.add(request);
      return answer;
    };
  }

  private static void await(CompletableFuture<Void> disconnected) throws Exception {
    Void unused = disconnected.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void aClientThatGoesWhileItsRequestIsInWorkIsNoticed(boolean nativeTransport, boolean reset)
      throws Exception {
    try (TestServer server = new TestServer(TestServer.oneLoop(nativeTransport), working());
        RawClient client = server.connect()) {
      client.send(GET);
      Request request = inWork.take();
      assertThat(request.disconnected()).isNotDone();
      if (reset) {
        client.vanish();
      } else {
        client.leave();
      }
      await(request.disconnected());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void itIsNoticedThoughFurtherRequestsWait(boolean nativeTransport) throws Exception {
    try (TestServer server = new TestServer(TestServer.oneLoop(nativeTransport), working());
        RawClient client = server.connect()) {
      client.send(GET.repeat(10));
      Request request = inWork.take();
      client.leave();
      await(request.disconnected());
      assertThat(inWork).isEmpty();
    }
  }

  /**
   * A hundred kilobytes: more than is read ahead, less than the system takes for us. Only epoll and
   * kqueue tell of a client's end while nothing is read from it.
   */
  @Test
  void itIsNoticedThoughNotAllOfTheFurtherRequestsAreRead() throws Exception {
    assumeThat(Transport.best(true).tcp()).isNotEqualTo(NioServerSocketChannel.class);
    try (TestServer server = new TestServer(TestServer.oneLoop(true), working());
        RawClient client = server.connect()) {
      client.send(GET.repeat(4000));
      Request request = inWork.take();
      client.leave();
      await(request.disconnected());
      assertThat(inWork).isEmpty();
    }
  }

  @Test
  void itIsNoticedWhileABodyWaitsThatIsTooBigToReadFurtherAhead() throws Exception {
    assumeThat(Transport.best(true).tcp()).isNotEqualTo(NioServerSocketChannel.class);
    try (TestServer server = new TestServer(TestServer.oneLoop(true), working());
        RawClient client = server.connect()) {
      String big = "x".repeat(1_000_000);
      client.send(GET + "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" + big);
      client.send(GET);
      Request request = inWork.take();
      client.leave();
      await(request.disconnected());
    }
  }

  @Test
  void anAnswerThatComesTooLateIsDropped() throws Exception {
    try (TestServer server = new TestServer(working());
        RawClient client = server.connect()) {
      client.send(GET);
      Request request = inWork.take();
      client.leave();
      await(request.disconnected());
      answer.complete(Response.of(200, "text/plain", "too late"));
      assertThat(server.exchange(GET).body()).isEqualTo("too late"); // the next one's, in time
    }
  }

  @Test
  void aStreamThatComesTooLateIsCancelled() throws Exception {
    CompletableFuture<Void> cancelled = new CompletableFuture<>();
    Flow.Publisher<ByteBuffer> stream =
        subscriber ->
            subscriber.onSubscribe(
                new Flow.Subscription() {
                  @Override
                  public void request(long pieces) {
                    cancelled.completeExceptionally(new AssertionError("pieces were asked for"));
                  }

                  @Override
                  public void cancel() {
                    cancelled.complete(null);
                  }
                });
    try (TestServer server = new TestServer(working());
        RawClient client = server.connect()) {
      client.send(GET);
      Request request = inWork.take();
      client.leave();
      await(request.disconnected());
      answer.complete(new Response(200, Headers.NONE, new Response.Stream(stream)));
      await(cancelled);
    }
  }

  @Test
  void aClientThatGoesAfterItsAnswerDidNotDisconnectFromIt() throws Exception {
    Request request;
    try (TestServer server = new TestServer(working())) {
      try (RawClient client = server.connect()) {
        client.send(GET);
        request = inWork.take();
        answer.complete(Response.of(200, "text/plain", "in time"));
        assertThat(client.reply().body()).isEqualTo("in time");
      }
      assertThat(server.nextAccess()).isEqualTo("GET /a 200 0");
    }
    assertThat(request.disconnected()).isNotDone();
  }
}
