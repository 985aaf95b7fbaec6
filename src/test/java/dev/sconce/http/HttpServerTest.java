package dev.sconce.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LeakCheck.class)
class HttpServerTest {
  private static final String GET = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

  private static HttpServer open(HttpSettings settings, Listener... listeners) {
    return HttpServer.open(
        settings,
        List.of(listeners),
        new TestErrors(),
        (request, status, took) -> {},
        () -> "id",
        System::nanoTime);
  }

  private static HttpSettings draining(Duration drain) {
    return TestServer.timeouts(Duration.ofMinutes(10), Duration.ofMinutes(10), drain);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void everyListenerHasItsOwnPortAndEndpoint() throws IOException {
    Listener inference = new Listener(TestServer.anyPort(), r -> TestServer.text("inference"));
    Listener management = new Listener(TestServer.anyPort(), r -> TestServer.text("management"));
    try (HttpServer server = open(HttpSettings.defaults(), inference, management)) {
      List<ListenAddress> addresses = server.addresses();
      assertThat(addresses).hasSize(2).doesNotHaveDuplicates();
      try (RawClient first = new RawClient(addresses.get(0).socket());
          RawClient second = new RawClient(addresses.get(1).socket())) {
        assertThat(first.send(GET).reply().body()).isEqualTo("inference");
        assertThat(second.send(GET).reply().body()).isEqualTo("management");
      }
    }
  }

  @Test
  void aPortInUseIsNamedAndNothingStaysOpen() throws IOException {
    int free = freePort();
    try (ServerSocket taken = new ServerSocket(0)) {
      Listener first = new Listener(new InetSocketAddress(free), r -> TestServer.text(""));
      Listener second =
          new Listener(new InetSocketAddress(taken.getLocalPort()), r -> TestServer.text(""));
      assertThatThrownBy(() -> open(HttpSettings.defaults(), first, second))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL))
          .hasMessageStartingWith("cannot listen on ")
          .hasMessageContaining(":" + taken.getLocalPort() + ": ")
          .hasMessageContaining("Address already in use");
    }
    try (ServerSocket again = new ServerSocket(free)) {
      assertThat(again.getLocalPort()).isEqualTo(free);
    }
  }

  /** Closes the server on a thread of its own; back when every connection has been told. */
  private static Thread beginToClose(TestServer server) {
    Thread closing = new Thread(server::close);
    closing.start();
    while (closing.isAlive() && closing.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait(); // it waits with a limit for nothing but the connections
    }
    return closing;
  }

  @Test
  void whatIsInWorkIsFinishedBeforeTheServerCloses() throws Exception {
    LinkedBlockingQueue<CompletableFuture<Response>> inWork = new LinkedBlockingQueue<>();
    TestServer server = new TestServer(draining(Duration.ofMinutes(1)), handingOut(inWork));
    try (RawClient client = server.connect();
        RawClient idle = server.connect()) {
      client.send(GET + GET);
      CompletableFuture<Response> first = inWork.take();
      Thread closing = beginToClose(server);
      assertThat(idle.isClosedByServer()).isTrue();
      assertThatThrownBy(() -> new RawClient(server.address()))
          .isInstanceOf(ConnectException.class);
      first.complete(Response.of(200, "text/plain", "first"));
      RawClient.Reply one = client.reply();
      assertThat(one.body()).isEqualTo("first");
      assertThat(one.header("connection")).isEqualTo("keep-alive");
      inWork.take().complete(Response.of(200, "text/plain", "second"));
      RawClient.Reply two = client.reply();
      assertThat(two.body()).isEqualTo("second");
      assertThat(two.header("connection")).isEqualTo("close");
      assertThat(client.isClosedByServer()).isTrue();
      closing.join();
    }
  }

  @Test
  void aRequestThatIsOnItsWayIsStillTakenAndAnswered() throws Exception {
    LinkedBlockingQueue<CompletableFuture<Response>> inWork = new LinkedBlockingQueue<>();
    TestServer server = new TestServer(draining(Duration.ofMinutes(1)), handingOut(inWork));
    try (RawClient client = server.connect();
        RawClient other = server.connect()) {
      other.send(GET);
      CompletableFuture<Response> others = inWork.take();
      client.send(
          "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
      assertThat(client.replyWithoutBody().status()).isEqualTo(100);
      Thread closing = beginToClose(server);
      // The one event loop sends this after it has told all connections that the server closes.
      others.complete(Response.of(200, "text/plain", "other"));
      assertThat(other.reply().header("connection")).isEqualTo("close");
      client.send("abcde");
      inWork.take().complete(Response.of(200, "text/plain", "taken"));
      RawClient.Reply reply = client.reply();
      assertThat(reply.body()).isEqualTo("taken");
      assertThat(reply.header("connection")).isEqualTo("close");
      closing.join();
    }
  }

  private static Endpoint handingOut(Queue<CompletableFuture<Response>> inWork) {
    return request -> {
      CompletableFuture<Response> answer = new CompletableFuture<>();
      inWork.add(answer);
      return answer;
    };
  }

  @Test
  void whatIsNotFinishedInTimeIsCutOffAndItsEndpointTold() throws Exception {
    CompletableFuture<Request> inWork = new CompletableFuture<>();
    CompletableFuture<Response> never = new CompletableFuture<>();
    Endpoint endpoint =
        request -> {
          inWork.complete(request);
          return never;
        };
    TestServer server = new TestServer(draining(Duration.ofMillis(50)), endpoint);
    try (RawClient client = server.connect()) {
      client.send(GET);
      CompletableFuture<Void> disconnected = inWork.get().disconnected();
      server.close();
      assertThat(client.isClosedByServer()).isTrue();
      disconnected.get();
      never.complete(Response.of(200, "text/plain", "far too late"));
    }
  }

  @Test
  void closingTwiceIsClosingOnce() {
    HttpServer server =
        open(HttpSettings.defaults(), new Listener(TestServer.anyPort(), r -> TestServer.text("")));
    server.close();
    server.close();
  }

  @Test
  void itsThreadsEndWithIt() throws Exception {
    CountDownLatch answered = new CountDownLatch(1);
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    Endpoint endpoint =
        request -> {
          thread.complete(Thread.currentThread());
          answered.countDown();
          return TestServer.text("");
        };
    try (TestServer server = new TestServer(endpoint)) {
      assertThat(server.exchange(GET).status()).isEqualTo(200);
    }
    assertThat(thread.get().getName()).startsWith("http-event-loop");
    thread.get().join();
  }
}
