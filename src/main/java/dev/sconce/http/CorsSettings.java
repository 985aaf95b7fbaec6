package dev.sconce.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What a browser is told about pages of other origins (the Fetch standard's CORS protocol). As in
 * TorchServe the same is said to everyone, on every answer, and each header stands for itself.
 *
 * @param allowedOrigin the one origin whose pages may read answers, or {@code *}
 * @param allowedMethods the methods that such pages may use: {@code GET, POST}
 * @param allowedHeaders the header fields that such pages may send
 */
public record CorsSettings(
    Optional<String> allowedOrigin,
    Optional<String> allowedMethods,
    Optional<String> allowedHeaders) {
  /** Browsers are told nothing. */
  public static final CorsSettings NONE =
      new CorsSettings(Optional.empty(), Optional.empty(), Optional.empty());

  /** Refuses values that are not one line of text. */
  public CorsSettings {
    Headers unused = fields(allowedOrigin, allowedMethods, allowedHeaders);
  }

  /** The header fields, in TorchServe's order. */
  Headers fields() {
    return fields(allowedOrigin, allowedMethods, allowedHeaders);
  }

  private static Headers fields(
      Optional<String> origin, Optional<String> methods, Optional<String> headers) {
    List<Headers.Field> fields = new ArrayList<>();
    origin.ifPresent(value -> fields.add(new Headers.Field("access-control-allow-origin", value)));
    methods.ifPresent(
        value -> fields.add(new Headers.Field("access-control-allow-methods", value)));
    headers.ifPresent(
        value -> fields.add(new Headers.Field("access-control-allow-headers", value)));
    return new Headers(fields);
  }

  /**
   * Answers a browser's pre-flight request in place of {@code endpoint}: it asks what may be sent,
   * never carries a token, and is not to have an effect. The fields are added where every answer
   * gets them.
   */
  Endpoint before(Endpoint endpoint) {
    if (allowedOrigin.isEmpty()) {
      return endpoint;
    }
    return request ->
        isPreflight(request)
            ? CompletableFuture.completedFuture(Response.of(200, "text/plain; charset=utf-8", ""))
            : endpoint.answer(request);
  }

  private static boolean isPreflight(Request request) {
    return request.method().equals("OPTIONS")
        && request.header("origin").isPresent()
        && request.header("access-control-request-method").isPresent();
  }
}
