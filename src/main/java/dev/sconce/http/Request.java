package dev.sconce.http;

import dev.sconce.error.ServingException;
import java.net.SocketAddress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One request, whole. Immutable but for {@code disconnected}, and free to go to any thread.
 *
 * @param id the client's {@code x-request-id} if that is 1 to 128 visible ASCII characters, else a
 *     generated one; stands in the answer's header and belongs into every log line
 * @param method the method as it was sent: {@code GET}
 * @param path the path as it was sent, still percent-encoded: {@code /predictions/my%20model}
 * @param query what follows the {@code ?}, still percent-encoded; empty if there is nothing
 * @param protocol {@code HTTP/1.1} or {@code HTTP/1.0}
 * @param headers the header fields
 * @param body the body, parsed by its content type
 * @param remoteAddress the other end of the connection
 * @param pathVariables what the route's pattern found in the path, decoded; empty before routing
 * @param disconnected completes when the client has gone before it was answered in full, so that
 *     queued work can be dropped; never completes otherwise. Completed on the connection's event
 *     loop: what depends on it must not block. Only this room completes it
 */
public record Request(
    String id,
    String method,
    String path,
    String query,
    String protocol,
    Headers headers,
    Body body,
    SocketAddress remoteAddress,
    Map<String, String> pathVariables,
    CompletableFuture<Void> disconnected) {

  /** Copies the path variables. */
  public Request {
    pathVariables = Collections.unmodifiableMap(new LinkedHashMap<>(pathVariables));
  }

  /** This request with what a route's pattern found in its path. */
  public Request withPathVariables(Map<String, String> found) {
    return new Request(
        id, method, path, query, protocol, headers, body, remoteAddress, found, disconnected);
  }

  /**
   * The path's segments, each percent-decoded as UTF-8. Slashes at the end count for nothing:
   * {@code /} has no segment, {@code /ping/} has one. An encoded slash stays inside its segment.
   *
   * @throws ServingException {@code BAD_REQUEST} if the path cannot be decoded
   */
  public List<String> segments() {
    return RequestTarget.segments(path);
  }

  /**
   * The query's parameters in their order, names and values decoded; {@code a=1&b=2&a=3} gives a
   * list of two for {@code a}. Parsed anew on each call.
   *
   * @throws ServingException {@code BAD_REQUEST} if the query cannot be decoded
   */
  public Map<String, List<String>> parameters() {
    return RequestTarget.parameters(query);
  }

  /**
   * The first value of a query parameter.
   *
   * @throws ServingException {@code BAD_REQUEST} if the query cannot be decoded
   */
  public Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters().get(name)).map(values -> values.get(0));
  }

  /** The first value of a header. */
  public Optional<String> header(String name) {
    return headers.first(name);
  }

  /**
   * The part of the path that stood where the route's pattern has {@code {name}}.
   *
   * @throws IllegalArgumentException if the pattern has no such variable
   */
  public String pathVariable(String name) {
    return Optional.ofNullable(pathVariables.get(name))
        .orElseThrow(() -> new IllegalArgumentException("no path variable " + name));
  }
}
