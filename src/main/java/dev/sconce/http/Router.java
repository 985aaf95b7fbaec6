package dev.sconce.http;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * Sends each request to the endpoint that is registered for its method and path. Immutable.
 *
 * <p>A route for the one method comes before one for all.
 *
 * <p>Of several patterns that fit a path the most specific one is taken, segment by segment from
 * the left: fixed text before {@code {name}:suffix} before {@code {name}} before {@code {rest...}}.
 * Slashes at a path's end count for nothing. {@code HEAD} goes where {@code GET} goes; its answer
 * is sent without the body.
 *
 * <p>A path that no pattern fits fails with {@code RESOURCE_NOT_FOUND}, one that fits but not with
 * this method is answered as {@code METHOD_NOT_ALLOWED} with an {@code Allow} header, one that
 * cannot be decoded fails with {@code BAD_REQUEST}.
 */
public final class Router implements Endpoint {
  private static final String ANY_METHOD = "*";

  private final ErrorRenderer errors;
  private final List<Route> routes;
  private final Endpoint entrance;

  /**
   * An endpoint and where it is to be found.
   *
   * @param method the method it serves, or {@code *}
   * @param path the pattern as it was given
   */
  private record Route(String method, PathPattern pattern, String path, Endpoint endpoint) {
    boolean serves(String wanted) {
      return method.equals(ANY_METHOD)
          || method.equals(wanted)
          || (method.equals("GET") && wanted.equals("HEAD"));
    }
  }

  private Router(ErrorRenderer errors, List<Route> routes, List<Filter> filters) {
    this.errors = errors;
    this.routes =
        routes.stream()
            .sorted(
                Comparator.comparing(Route::pattern, PathPattern.MOST_SPECIFIC_FIRST)
                    .thenComparing(route -> route.method().equals(ANY_METHOD)))
            .toList();
    Endpoint first = this::dispatch;
    for (int i = filters.size() - 1; i >= 0; i--) {
      Filter filter = filters.get(i);
      Endpoint next = first;
      first = request -> filter.answer(request, next);
    }
    this.entrance = first;
  }

  /** A router without routes yet; {@code errors} makes the body of a 405. */
  public static Builder builder(ErrorRenderer errors) {
    return new Builder(errors);
  }

  @Override
  public CompletionStage<Response> answer(Request request) {
    return entrance.answer(request);
  }

  private CompletionStage<Response> dispatch(Request request) {
    if (!request.path().startsWith("/")) {
      return notFound(); // OPTIONS *, which asks about no path
    }
    Set<String> allowed = new TreeSet<>();
    List<String> path = request.segments();
    for (Route route : routes) {
      Optional<Map<String, String>> variables = route.pattern().match(path);
      if (variables.isPresent()) {
        if (route.serves(request.method())) {
          return route.endpoint().answer(request.withPathVariables(variables.get()));
        }
        allowed.add(route.method());
      }
    }
    return allowed.isEmpty() ? notFound() : notAllowed(request, allowed);
  }

  private static CompletionStage<Response> notFound() {
    return CompletableFuture.failedFuture(
        new ServingException(
            ErrorCode.RESOURCE_NOT_FOUND,
            "Requested resource is not found, please refer to API document."));
  }

  private CompletionStage<Response> notAllowed(Request request, Set<String> allowed) {
    if (allowed.contains("GET")) {
      allowed.add("HEAD");
    }
    ServingException failure =
        new ServingException(
            ErrorCode.METHOD_NOT_ALLOWED,
            "Requested method is not allowed, please refer to API document.");
    return CompletableFuture.completedFuture(
        errors.render(failure, request).withHeader("allow", String.join(", ", allowed)));
  }

  /** Collects routes and filters. Not for use by several threads. */
  public static final class Builder {
    private final ErrorRenderer errors;
    private final List<Route> routes = new ArrayList<>();
    private final List<Filter> filters = new ArrayList<>();

    private Builder(ErrorRenderer errors) {
      this.errors = errors;
    }

    /**
     * Registers an endpoint.
     *
     * @param method the one method it serves: {@code GET}
     * @param pattern the path, with variables: {@code /models/{name}}, {@code
     *     /v1/models/{name}:predict}, {@code /predictions/{model}/{version}/{rest...}}
     * @throws IllegalArgumentException if the pattern is none, or registered for that method
     */
    public Builder route(String method, String pattern, Endpoint endpoint) {
      PathPattern parsed = PathPattern.parse(pattern);
      if (routes.stream().anyMatch(r -> r.method().equals(method) && r.pattern().equals(parsed))) {
        throw new IllegalArgumentException("route: " + method + " " + pattern + " comes twice");
      }
      routes.add(new Route(method, parsed, pattern, endpoint));
      return this;
    }

    /** Registers an endpoint that serves whatever method comes. */
    public Builder any(String pattern, Endpoint endpoint) {
      return route(ANY_METHOD, pattern, endpoint);
    }

    /** A new set of the routes so far: {@code GET /models/{model}}, {@code *} for any method. */
    public Set<String> routes() {
      return routes.stream()
          .map(route -> route.method() + " " + route.path())
          .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Puts a filter before all routes, behind the filters that were given before. */
    public Builder filter(Filter filter) {
      filters.add(filter);
      return this;
    }

    /** The router. */
    public Router build() {
      return new Router(errors, routes, filters);
    }
  }
}
