package dev.sconce.api;

import dev.sconce.http.Body;
import dev.sconce.http.Headers;
import dev.sconce.http.Request;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Requests as the {@code http} room hands them over. */
final class Requests {
  static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 34_440);

  private Requests() {}

  /** One without a body. */
  static Request of(String method, String path, String query) {
    return of(method, path, query, new Body.Empty());
  }

  /** A POST of text. */
  static Request post(String query, String contentType, String text) {
    ByteBuffer content = StandardCharsets.UTF_8.encode(text);
    return of("POST", "/models", query, new Body.Raw(content, contentType));
  }

  /** The same with one header. */
  static Request withHeader(Request request, String name, String value) {
    return new Request(
        request.id(),
        request.method(),
        request.path(),
        request.query(),
        request.protocol(),
        request.headers().with(name, value),
        request.body(),
        request.remoteAddress(),
        request.pathVariables(),
        request.disconnected());
  }

  private static Request of(String method, String path, String query, Body body) {
    return new Request(
        "id-7",
        method,
        path,
        query,
        "HTTP/1.1",
        Headers.NONE,
        body,
        CLIENT,
        Map.of(),
        new CompletableFuture<>());
  }
}
