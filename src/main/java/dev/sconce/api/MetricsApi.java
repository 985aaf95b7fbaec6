package dev.sconce.api;

import dev.sconce.http.Request;
import dev.sconce.http.Response;
import dev.sconce.http.Router;
import dev.sconce.metrics.MetricRegistry;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** {@code /metrics} for Prometheus; {@code name[]} picks families. */
public final class MetricsApi {
  private final MetricRegistry registry;

  /** An API in front of {@code registry}. */
  public MetricsApi(MetricRegistry registry) {
    this.registry = registry;
  }

  /** Adds the route. */
  public void addTo(Router.Builder router) {
    router.any("/metrics", request -> CompletableFuture.completedFuture(text(request)));
  }

  private Response text(Request request) {
    List<String> names = request.parameters().getOrDefault("name[]", List.of());
    return Response.of(200, MetricRegistry.CONTENT_TYPE, registry.text(Set.copyOf(names)));
  }
}
