package dev.sconce.api;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.http.Endpoint;
import dev.sconce.http.Filter;
import dev.sconce.http.Request;
import dev.sconce.http.Response;
import dev.sconce.http.Router;
import dev.sconce.model.ModelCatalog;
import dev.sconce.model.ModelDescription;
import dev.sconce.model.ModelKey;
import dev.sconce.model.ModelLifecycle;
import dev.sconce.model.ModelLifecycle.Change;
import dev.sconce.model.Models;
import dev.sconce.model.Registration;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Registering, listing, describing, scaling and unregistering models. */
public final class ManagementApi {
  private static final Logger log = LoggerFactory.getLogger(ManagementApi.class);
  private static final int LARGEST_PAGE = 100;
  private static final List<String> RUNTIMES = List.of("python", "python3", "LSP");
  private static final String PROCESSING = "Processing worker updates...";

  private final ModelLifecycle lifecycle;
  private final ModelCatalog catalog;
  private final DescriptionJson descriptions;
  private final boolean modelApi;

  /**
   * An API in front of {@code models}.
   *
   * @param modelApi whether models may be registered and unregistered
   */
  public ManagementApi(Models models, DescriptionJson descriptions, boolean modelApi) {
    this.lifecycle = models.lifecycle();
    this.catalog = models.catalog();
    this.descriptions = descriptions;
    this.modelApi = modelApi;
  }

  /** Adds the routes, each behind {@code guard}. */
  public void addTo(Router.Builder router, Filter guard) {
    Guarded routes =
        (method, pattern, endpoint) ->
            router.route(method, pattern, request -> guard.answer(request, endpoint));
    routes.add("GET", "/models", this::list);
    routes.add("GET", "/v1/models/{model}", this::ready);
    routes.add("GET", "/models/{model}", this::describe);
    routes.add("GET", "/models/{model}/{version}", this::describe);
    routes.add("PUT", "/models/{model}", this::scale);
    routes.add("PUT", "/models/{model}/{version}", this::scale);
    routes.add("PUT", "/models/{model}/{version}/set-default", this::setDefault);
    if (modelApi) {
      routes.add("POST", "/models", this::register);
      routes.add("DELETE", "/models/{model}", this::unregister);
      routes.add("DELETE", "/models/{model}/{version}", this::unregister);
    }
    WorkflowApi.addManagement(router, guard);
    Set<String> described = router.routes();
    described.add("OPTIONS /models/{model}");
    routes.add("OPTIONS", "/models/{model}", request -> explainRoutes(request, described));
  }

  private interface Guarded {
    void add(String method, String pattern, Endpoint endpoint);
  }

  private CompletionStage<Response> list(Request request) {
    Parameters parameters = Parameters.of(request);
    int limit = Math.min(parameters.integer("limit", 0).orElse(LARGEST_PAGE), LARGEST_PAGE);
    int from = parameters.integer("next_page_token", 0).orElse(0);
    List<ModelDescription> all = catalog.defaults();
    int begin = Math.min(from, all.size());
    int end = Math.min(begin + limit, all.size());
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("nextPageToken", end < all.size() ? "" + end : null);
    page.put("models", all.subList(begin, end).stream().map(ManagementApi::listed).toList());
    return done(Answers.json(200, page));
  }

  private static Map<String, Object> listed(ModelDescription model) {
    Map<String, Object> listed = new LinkedHashMap<>();
    listed.put("modelName", model.key().name());
    listed.put("modelUrl", model.url());
    return listed;
  }

  private CompletionStage<Response> describe(Request request) {
    String model = request.pathVariable("model");
    Optional<String> version = version(request);
    List<ModelDescription> found =
        version.equals(Optional.of("all"))
            ? catalog.describeAll(model)
            : List.of(catalog.describe(model, version));
    boolean customized = Parameters.of(request).flag("customized", false);
    if (customized) {
      found.forEach(ManagementApi::checkAnswers);
    }
    return done(
        Answers.json(
            200,
            found.stream().map(customized ? descriptions::customized : descriptions::of).toList()));
  }

  private static void checkAnswers(ModelDescription model) {
    if (!isReady(model)) {
      throw new ServingException(
          ErrorCode.NO_WORKER,
          "Model \""
              + model.key().name()
              + "\" has no worker to serve describe request. Please use scale workers API to add"
              + " workers.");
    }
  }

  private static boolean isReady(ModelDescription model) {
    return model.workers().stream().anyMatch(worker -> worker.state().equals("READY"));
  }

  private CompletionStage<Response> explainRoutes(Request request, Set<String> routes) {
    ModelDescription model = catalog.describe(request.pathVariable("model"), Optional.empty());
    return done(OpenApi.ofModel("management", model, routes));
  }

  /** KServe's question whether a model can be asked. */
  private CompletionStage<Response> ready(Request request) {
    ModelDescription model = catalog.describe(request.pathVariable("model"), Optional.empty());
    Map<String, Object> ready = new LinkedHashMap<>();
    ready.put("name", model.key().name());
    ready.put("ready", isReady(model));
    return done(Answers.json(200, ready));
  }

  private CompletionStage<Response> register(Request request) {
    Parameters parameters = Parameters.of(request);
    boolean wait = parameters.flag("synchronous", true);
    Optional<String> runtime = parameters.text("runtime");
    runtime.ifPresent(ManagementApi::checkRuntime);
    Registration registration =
        new Registration(
            parameters
                .given("url")
                .orElseThrow(() -> Parameters.refused("Parameter url is required.")),
            parameters.text("model_name"),
            parameters.text("handler"),
            runtime,
            parameters.integer("batch_size", 1),
            parameters.duration("max_batch_delay", ChronoUnit.MILLIS, 0),
            parameters.integer("initial_workers", 0),
            parameters.duration("response_timeout", ChronoUnit.SECONDS, 1),
            parameters.duration("startup_timeout", ChronoUnit.SECONDS, 1),
            parameters.flag("s3_sse_kms", false),
            Registration.Origin.CALLER);
    return lifecycle
        .register(registration)
        .thenCompose(change -> registered(change, wait || change.workers() == 0));
  }

  private static void checkRuntime(String runtime) {
    if (!RUNTIMES.contains(runtime)) {
      throw Parameters.refused(
          "Invalid RuntimeType value: "
              + runtime
              + " (expected: one of "
              + String.join(", ", RUNTIMES)
              + ")");
    }
  }

  private static CompletionStage<Response> registered(Change change, boolean wait) {
    ModelKey key = change.key();
    String text =
        "Model \"%s\" Version: %s registered with %d initial workers"
            .formatted(key.name(), key.version(), change.workers());
    String advice = ". Use scale workers API to add workers for the model.";
    return answer(change, wait, change.workers() == 0 ? text + advice : text);
  }

  private CompletionStage<Response> scale(Request request) {
    Parameters parameters = Parameters.of(request);
    Optional<String> version = version(request).or(() -> parameters.text("model_version"));
    int min = parameters.integer("min_worker", 0).orElse(1);
    int max = parameters.integer("max_worker", 0).orElse(min);
    boolean wait = parameters.flag("synchronous", false);
    String model = request.pathVariable("model");
    Change change = lifecycle.scale(model, version, min, max);
    String text =
        "Workers scaled to "
            + min
            + " for model: "
            + model
            + version.map(named -> ", version: " + named).orElse("");
    return answer(change, wait, text);
  }

  private static CompletionStage<Response> answer(Change change, boolean wait, String text) {
    if (wait) {
      return change.done().thenApply(done -> Answers.status(200, text));
    }
    CompletableFuture<Void> unused =
        change
            .done()
            .exceptionally(
                failure -> {
                  sayUnchanged(change.key(), failure);
                  return null;
                });
    return done(Answers.status(202, PROCESSING));
  }

  /** The caller is gone and finds the reason only in the log. */
  private static void sayUnchanged(ModelKey key, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    String text = "Model %s version %s: its workers could not be changed";
    if (cause instanceof ServingException known) {
      log.error(text.formatted(key.name(), key.version()) + ": " + known.getMessage());
    } else {
      log.error(text.formatted(key.name(), key.version()), cause);
    }
  }

  private CompletionStage<Response> setDefault(Request request) {
    String model = request.pathVariable("model");
    String version = request.pathVariable("version");
    lifecycle.setDefault(model, version);
    return done(
        Answers.status(
            200,
            "Default version successfully updated for model \"%s\" to \"%s\""
                .formatted(model, version)));
  }

  private CompletionStage<Response> unregister(Request request) {
    String model = request.pathVariable("model");
    return lifecycle
        .unregister(model, version(request))
        .thenApply(done -> Answers.status(200, "Model \"" + model + "\" unregistered"));
  }

  private static Optional<String> version(Request request) {
    return Optional.ofNullable(request.pathVariables().get("version"));
  }

  private static CompletionStage<Response> done(Response response) {
    return CompletableFuture.completedFuture(response);
  }
}
