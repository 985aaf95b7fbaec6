package dev.sconce.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A real server on a free port, with one endpoint and an access log to look at. */
final class TestServer implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 30;

  private final AtomicInteger ids = new AtomicInteger();

  /** Moves only when a test moves it. */
  private final AtomicLong nanos = new AtomicLong();

  private final BlockingQueue<String> access = new LinkedBlockingQueue<>();
  private final HttpServer server;

  TestServer(HttpSettings settings, Endpoint endpoint) {
    this(settings, new Listener(anyPort(), endpoint));
  }

  TestServer(HttpSettings settings, Listener listener) {
    server =
        HttpServer.open(
            settings,
            List.of(listener),
            new TestErrors(),
            (request, status, took) ->
                access.add(
                    request.method() + " " + request.path() + " " + status + " " + took.toMillis()),
            () -> "id-" + ids.incrementAndGet(),
            nanos::get);
  }

  TestServer(Endpoint endpoint) {
    this(HttpSettings.defaults(), endpoint);
  }

  static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** The defaults with another body limit. */
  static HttpSettings bodiesUpTo(int maxBodyBytes) {
    HttpSettings d = HttpSettings.defaults();
    return new HttpSettings(
        d.eventLoopThreads(),
        d.nativeTransport(),
        d.maxRequestLineBytes(),
        d.maxHeaderBytes(),
        maxBodyBytes,
        d.maxFormFields(),
        d.idleTimeout(),
        d.receiveTimeout(),
        d.drainTimeout());
  }

  /** The defaults with other timeouts, and one event loop for all connections. */
  static HttpSettings timeouts(Duration idle, Duration receive, Duration drain) {
    HttpSettings d = HttpSettings.defaults();
    return new HttpSettings(
        1,
        d.nativeTransport(),
        d.maxRequestLineBytes(),
        d.maxHeaderBytes(),
        d.maxBodyBytes(),
        d.maxFormFields(),
        idle,
        receive,
        drain);
  }

  /** The defaults on one event loop of the native transport or of the JDK's. */
  static HttpSettings oneLoop(boolean nativeTransport) {
    HttpSettings d = HttpSettings.defaults();
    return new HttpSettings(
        1,
        nativeTransport,
        d.maxRequestLineBytes(),
        d.maxHeaderBytes(),
        d.maxBodyBytes(),
        d.maxFormFields(),
        d.idleTimeout(),
        d.receiveTimeout(),
        d.drainTimeout());
  }

  /** An answer that is there at once. */
  static CompletionStage<Response> text(String text) {
    return CompletableFuture.completedFuture(Response.of(200, "text/plain", text));
  }

  ListenAddress listening() {
    return server.addresses().get(0);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listening().socket();
  }

  URI uri(String path) {
    return URI.create("http://localhost:" + address().getPort() + path);
  }

  RawClient connect() throws IOException {
    return new RawClient(address());
  }

  /** What answers one request that stands alone on its connection. */
  RawClient.Reply exchange(String request) throws IOException {
    try (RawClient client = connect()) {
      return client.send(request).reply();
    }
  }

  /** Lets the server's clock run. */
  void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  /** The next line of the access log: method, path, status, milliseconds. */
  String nextAccess() throws InterruptedException {
    String line = access.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (line == null) {
      throw new AssertionError("nothing came to the access log");
    }
    return line;
  }

  boolean accessLogIsEmpty() {
    return access.isEmpty();
  }

  @Override
  public void close() {
    server.close();
  }
}
