package dev.sconce.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection over TLS ends as RFC 8446, 6.1 and RFC 9112, 9.8 want it. */
@ExtendWith(LeakCheck.class)
class TlsEndTest {
  private static final String GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final String LAST_GET = "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

  @ParameterizedTest
  @CsvSource({"TLSv1.2, true", "TLSv1.2, false", "TLSv1.3, true", "TLSv1.3, false"})
  void theEndIsToldBeforeTheSocketIsClosed(String protocol, boolean nativeTransport)
      throws IOException {
    HttpSettings settings = TestServer.oneLoop(nativeTransport);
    try (TestServer server =
            TlsFixtures.server(settings, TlsFixtures.SELF_SIGNED, TlsFixtures::path);
        TlsClient client = TlsClient.with(server, protocol)) {
      assertThat(client.send(LAST_GET).toEnd()).endsWith("\r\n\r\n/a");
      assertThat(client.wasToldTheEnd()).isTrue();
      assertThat(client.isClosedByServer()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aClientThatIsRefusedInTheMiddleOfItsBodyReadsTheAnswer(String protocol) throws Exception {
    try (TestServer server =
            TlsFixtures.server(
                TestServer.bodiesUpTo(1000), TlsFixtures.SELF_SIGNED, TlsFixtures::path);
        TlsClient client = TlsClient.with(server, protocol)) {
      String head = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n";
      client.send(head + "x".repeat(20_000_000));
      assertThat(client.toEnd()).startsWith("HTTP/1.1 413 ");
      assertThat(client.wasToldTheEnd()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aStreamThatBreaksOffDoesNotLookLikeOneThatEnded(String protocol) throws Exception {
    LinkedBlockingQueue<Flow.Subscriber<? super ByteBuffer>> subscribers =
        new LinkedBlockingQueue<>();
    Response streamed = new Response(200, Headers.NONE, new Response.Stream(subscribers::add));
    try (TestServer server =
            TlsFixtures.server(request -> CompletableFuture.completedFuture(streamed));
        TlsClient client = TlsClient.with(server, protocol)) {
      client.send("GET /a HTTP/1.0\r\n\r\n");
      Flow.Subscriber<? super ByteBuffer> subscriber = subscribers.take();
      subscriber.onSubscribe(new StreamTest.Idle());
      subscriber.onNext(ByteBuffer.wrap("half".getBytes(UTF_8)));
      assertThat(client.until("half")).startsWith("HTTP/1.1 200 OK");
      subscriber.onError(new IllegalStateException("broken on purpose"));
      assertThat(client.toEnd()).endsWith("half");
      assertThat(client.wasToldTheEnd()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aClientThatSaysCloseNotifyHasGone(String protocol) throws Exception {
    LinkedBlockingQueue<Request> inWork = new LinkedBlockingQueue<>();
    Endpoint never =
        request -> {
          inWork.add(request);
          return new CompletableFuture<>();
        };
    try (TestServer server = TlsFixtures.server(never);
        TlsClient client = TlsClient.with(server, protocol)) {
      client.send(GET);
      Request request = inWork.take();
      client.sayEnd();
      assertThat(request.disconnected()).succeedsWithin(Duration.ofSeconds(30));
    }
  }

  @Test
  void closingWaitsForWhatIsInWorkAndForNobodyWhoHasNotSaidHello() throws Exception {
    LinkedBlockingQueue<CompletableFuture<Response>> inWork = new LinkedBlockingQueue<>();
    Endpoint later =
        request -> {
          CompletableFuture<Response> answer = new CompletableFuture<>();
          inWork.add(answer);
          return answer;
        };
    HttpSettings settings =
        TestServer.timeouts(Duration.ofDays(1), Duration.ofDays(1), Duration.ofDays(1));
    TestServer server = TlsFixtures.server(settings, TlsFixtures.SELF_SIGNED, later);
    try (RawClient silent = server.connect();
        RawClient halfway = server.connect();
        TlsClient idle = TlsClient.with(server, "TLSv1.3");
        TlsClient busy = TlsClient.with(server, "TLSv1.2")) {
      halfway.send(new byte[] {0x16, 3, 1, 0, 100, 1});
      busy.send(GET);
      CompletableFuture<Response> answer = inWork.take();
      Thread closing = new Thread(server::close);
      closing.start();
      assertThat(silent.isClosedByServer()).isTrue();
      assertThat(halfway.bytesToEnd()).isLessThan(100); // an alert perhaps
      assertThat(idle.toEnd()).isEmpty();
      assertThat(idle.wasToldTheEnd()).isTrue();
      answer.complete(Response.of(200, "text/plain", "done"));
      assertThat(busy.toEnd()).contains("connection: close").endsWith("\r\n\r\ndone");
      assertThat(busy.wasToldTheEnd()).isTrue();
      closing.join();
    }
  }
}
