package dev.sconce.download;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server of archives on this machine, with all the faults that servers have. */
public final class FileServer implements AutoCloseable {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);

  /** Opened when a request has come whose answer hangs. */
  public final CountDownLatch hanging = new CountDownLatch(1);

  /** What was asked for, in order. */
  public final List<String> asked = new CopyOnWriteArrayList<>();

  /** The header {@code Authorization} of requests that had one. */
  final List<String> authorizations = new CopyOnWriteArrayList<>();

  private final HttpServer server;

  /** One that serves {@code archive} under many names. */
  public FileServer(byte[] archive) throws IOException {
    this(HttpServer.create(local(), 0), archive);
  }

  /** The same on a server of any make. */
  FileServer(HttpServer server, byte[] archive) {
    this.server = server;
    server.setExecutor(threads);
    server.createContext("/good/", exchange -> answer(exchange, 200, archive));
    server.createContext("/missing/", exchange -> answer(exchange, 404, new byte[0]));
    server.createContext("/silent/", exchange -> hang());
    server.createContext("/slow/", exchange -> begin(exchange, 500_000));
    server.createContext("/short/", exchange -> begin(exchange, 1000, archive));
    server.createContext("/endless/", FileServer::endless);
    server.createContext("/to/", FileServer::redirect);
    server.createContext("/loop/", exchange -> redirect(exchange, exchange.getRequestURI() + "x"));
    server.start();
  }

  static InetSocketAddress local() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** Its port. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** A URL of it. */
  public String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  private void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    asked.add(exchange.getRequestURI().toString());
    authorizations.addAll(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
    try (exchange) {
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** Never answers. */
  private void hang() {
    hanging.countDown();
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Answers with less than it says, then hangs. */
  private void begin(HttpExchange exchange, int length) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(200, length);
      exchange.getResponseBody().write(new byte[100]);
      exchange.getResponseBody().flush();
      hang();
    }
  }

  /** Answers with less than it says, then closes. */
  private static void begin(HttpExchange exchange, int more, byte[] body) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(200, body.length + more);
      exchange.getResponseBody().write(body);
    }
  }

  private static void endless(HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.sendResponseHeaders(200, 0);
      OutputStream out = exchange.getResponseBody();
      byte[] bytes = new byte[1 << 16];
      while (true) {
        out.write(bytes);
      }
    }
  }

  /** {@code /to/x.mar?https://elsewhere/} redirects there. */
  private static void redirect(HttpExchange exchange) throws IOException {
    redirect(exchange, exchange.getRequestURI().getRawQuery());
  }

  private static void redirect(HttpExchange exchange, String target) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Location", target);
      exchange.sendResponseHeaders(302, -1);
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
