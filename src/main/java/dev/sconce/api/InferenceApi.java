package dev.sconce.api;

import dev.sconce.handler.Part;
import dev.sconce.http.Endpoint;
import dev.sconce.http.Filter;
import dev.sconce.http.Request;
import dev.sconce.http.Response;
import dev.sconce.http.Router;
import dev.sconce.model.ModelCatalog;
import dev.sconce.model.ModelDescription;
import dev.sconce.model.Models;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/**
 * {@code /ping} and the routes that ask a model: {@code /predictions}, {@code /explanations}, the
 * first KServe protocol's and TorchServe's oldest ones. Methods are not told apart, as in
 * TorchServe; but {@code OPTIONS} describes.
 */
public final class InferenceApi {
  /** What {@link Router.Builder#routes} has before the path of a route of all methods. */
  private static final String ANY_METHOD = "* ";

  private final BooleanSupplier healthy;
  private final ModelCatalog catalog;
  private final Predictions predictions;

  /**
   * An API in front of {@code models}.
   *
   * @param healthy what {@code /ping} tells; answers at once
   */
  public InferenceApi(Models models, BooleanSupplier healthy) {
    this.healthy = healthy;
    this.catalog = models.catalog();
    this.predictions = new Predictions(models.inference());
  }

  /** Adds the routes, each behind {@code guard}. */
  public void addTo(Router.Builder router, Filter guard) {
    router.any("/ping", behind(guard, request -> CompletableFuture.completedFuture(ping())));
    addTo(router, "/predictions", guard, false);
    addTo(router, "/explanations", guard, true);
    router
        .any("/v1/models/{model}:predict", behind(guard, request -> kserve(request, false)))
        .any("/v1/models/{model}:explain", behind(guard, request -> kserve(request, true)))
        .any("/{model}/predict", behind(guard, this::withQuery))
        .any("/{model}/{version}/predict", behind(guard, this::withQuery));
    WorkflowApi.addPredictions(router, guard);
    describeOnOptions(router, guard);
  }

  /** Whatever route asks a model describes its routes when the method is {@code OPTIONS}. */
  private void describeOnOptions(Router.Builder router, Filter guard) {
    Set<String> described = router.routes();
    Endpoint endpoint = behind(guard, request -> describe(request, described));
    for (String route : described) {
      if (route.startsWith(ANY_METHOD) && route.contains("{model}")) {
        router.route("OPTIONS", route.substring(ANY_METHOD.length()), endpoint);
      }
    }
  }

  private static Endpoint behind(Filter guard, Endpoint endpoint) {
    return request -> guard.answer(request, endpoint);
  }

  private void addTo(Router.Builder router, String start, Filter guard, boolean explain) {
    Endpoint endpoint = behind(guard, request -> answer(request, explain));
    router
        .any(start + "/{model}", endpoint)
        .any(start + "/{model}/{version}", endpoint)
        .any(start + "/{model}/{version}/{rest...}", endpoint);
  }

  private Response ping() {
    return healthy.getAsBoolean()
        ? Answers.status(200, "Healthy")
        : Answers.status(500, "Unhealthy");
  }

  private CompletionStage<Response> describe(Request request, Set<String> routes) {
    ModelDescription found = catalog.describe(request.pathVariable("model"), version(request));
    return CompletableFuture.completedFuture(OpenApi.ofModel("inference", found, routes));
  }

  private static Optional<String> version(Request request) {
    return Optional.ofNullable(request.pathVariables().get("version"));
  }

  private CompletionStage<Response> answer(Request request, boolean explain) {
    String rest = request.pathVariables().getOrDefault("rest", "");
    Map<String, String> added = Map.of("url_path", rest, "explain", explain ? "True" : "False");
    return send(request, InputReader.parts(request), added);
  }

  private CompletionStage<Response> kserve(Request request, boolean explain) {
    Map<String, String> added = Map.of("explain", explain ? "True" : "False");
    return send(request, InputReader.parts(request), added);
  }

  private CompletionStage<Response> withQuery(Request request) {
    return send(request, InputReader.partsAndQuery(request), Map.of());
  }

  /**
   * Asks the model that the path names.
   *
   * @param added the headers that TorchServe adds on that route for its handlers
   */
  private CompletionStage<Response> send(
      Request request, Map<String, Part> parts, Map<String, String> added) {
    return predictions.send(request, request.pathVariable("model"), version(request), parts, added);
  }
}
