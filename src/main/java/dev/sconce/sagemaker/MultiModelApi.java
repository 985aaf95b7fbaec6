package dev.sconce.sagemaker;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.http.Filter;
import dev.sconce.http.Request;
import dev.sconce.http.Response;
import dev.sconce.http.Router;
import dev.sconce.json.ManagementJson;
import dev.sconce.model.ModelCatalog;
import dev.sconce.model.ModelDescription;
import dev.sconce.model.ModelLifecycle;
import dev.sconce.model.ModelLifecycle.Change;
import dev.sconce.model.Models;
import dev.sconce.model.Registration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * The routes by which SageMaker loads and unloads the models of a multi-model endpoint: {@code POST
 * /models}, {@code GET /models}, {@code GET /models/{model}}, {@code DELETE /models/{model}}. Each
 * is answered when it is done. Safe from any thread.
 */
public final class MultiModelApi {
  private static final int LARGEST_PAGE = 100;

  private final ModelLifecycle lifecycle;
  private final ModelCatalog catalog;
  private final Path store;
  private final int workers;
  private final MemoryBudget memory;
  private final Executor executor;

  /** The names of models that are not ready yet. */
  private final Set<String> loading = ConcurrentHashMap.newKeySet();

  /**
   * The machine that models are loaded on.
   *
   * @param availableBytes what memory the server can still take
   * @param giveBack has the server let go of memory that it does not need; may block
   * @param temporaryInMemory whether temporary files take memory, too
   * @param executor runs what may block
   */
  public record Machine(
      LongSupplier availableBytes,
      Runnable giveBack,
      boolean temporaryInMemory,
      Executor executor) {}

  /**
   * An API in front of {@code models}.
   *
   * @param store the only directory that models are loaded from
   * @param workers how many workers a model gets, unless its own configuration says otherwise; 1 or
   *     more
   */
  public MultiModelApi(Models models, Path store, int workers, Machine machine) {
    this.lifecycle = models.lifecycle();
    this.catalog = models.catalog();
    this.store = store;
    this.workers = workers;
    this.memory =
        new MemoryBudget(machine.availableBytes(), machine.giveBack(), machine.temporaryInMemory());
    this.executor = machine.executor();
  }

  /** Adds the routes, each behind {@code guard}. */
  public void addTo(Router.Builder router, Filter guard) {
    router
        .route("POST", "/models", request -> guard.answer(request, this::load))
        .route("GET", "/models", request -> guard.answer(request, this::list))
        .route("GET", "/models/{model}", request -> guard.answer(request, this::describe))
        .route("DELETE", "/models/{model}", request -> guard.answer(request, this::unload));
  }

  private CompletionStage<Response> load(Request request) {
    LoadCall call = LoadCall.of(request, store);
    if (!loading.add(call.name())) {
      throw conflict("Model " + call.name() + " is being loaded already");
    }
    return CompletableFuture.supplyAsync(() -> room(call), executor)
        .thenCompose(
            room -> loadInto(call).whenComplete((loaded, failure) -> room.release(failure == null)))
        .whenComplete((loaded, failure) -> loading.remove(call.name()))
        .thenApply(
            loaded ->
                status(
                    "Model \"%s\" Version: %s registered with %d initial workers"
                        .formatted(call.name(), loaded.key().version(), loaded.workers())));
  }

  private MemoryBudget.Room room(LoadCall call) {
    if (catalog.names().contains(call.name())) {
      throw conflict("Model " + call.name() + " is loaded already");
    }
    if (!Files.exists(call.path())) { // or else the store would look for one of that name elsewhere
      throw new ServingException(
          ErrorCode.MODEL_NOT_FOUND, "Model not found at: " + call.url() + " (nothing is there)");
    }
    return memory.keepFor(call.name(), call.path());
  }

  private CompletableFuture<Change> loadInto(LoadCall call) {
    return lifecycle
        .register(registration(call))
        .thenApply(change -> change.workers() > 0 ? change : withWorkers(change))
        .thenCompose(change -> change.done().thenApply(done -> change));
  }

  /** What is loaded is to answer, even if its own configuration wants no worker at first. */
  private Change withWorkers(Change change) {
    String version = change.key().version();
    return lifecycle.scale(change.key().name(), Optional.of(version), workers, workers);
  }

  private Registration registration(LoadCall call) {
    return new Registration(
        call.url(),
        Optional.of(call.name()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(workers),
        Optional.empty(),
        Optional.empty(),
        false,
        Registration.Origin.CALLER);
  }

  private CompletionStage<Response> list(Request request) {
    int from = number(request, "next_page_token", 0).orElse(0);
    int limit = Math.min(number(request, "limit", 1).orElse(LARGEST_PAGE), LARGEST_PAGE);
    List<ModelDescription> all = catalog.defaults().stream().filter(this::isLoaded).toList();
    int begin = Math.min(from, all.size());
    int end = Math.min(begin + limit, all.size());
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("models", all.subList(begin, end).stream().map(MultiModelApi::entry).toList());
    if (end < all.size()) {
      page.put("nextPageToken", "" + end);
    }
    return CompletableFuture.completedFuture(json(page));
  }

  private static Optional<Integer> number(Request request, String name, int least) {
    return request
        .parameter(name)
        .filter(text -> !text.isEmpty())
        .map(text -> number(name, text, least));
  }

  private static int number(String name, String text, int least) {
    if (text.matches("\\d{1,9}") && Integer.parseInt(text) >= least) {
      return Integer.parseInt(text);
    }
    throw new ServingException(
        ErrorCode.BAD_REQUEST, name + ": " + text + " (expected: a whole number >= " + least + ")");
  }

  private boolean isLoaded(ModelDescription model) {
    return !loading.contains(model.key().name());
  }

  private CompletionStage<Response> describe(Request request) {
    String name = request.pathVariable("model");
    ModelDescription model = catalog.describe(name, Optional.empty());
    if (!isLoaded(model)) {
      throw new ServingException(
          ErrorCode.MODEL_NOT_FOUND, "Model not found: " + name + " (it is still being loaded)");
    }
    return CompletableFuture.completedFuture(json(entry(model)));
  }

  private CompletionStage<Response> unload(Request request) {
    String name = request.pathVariable("model");
    return lifecycle
        .unregister(name, Optional.empty())
        .thenRunAsync(memory::giveBack, executor)
        .thenApply(freed -> status("Model \"" + name + "\" unregistered"));
  }

  private static Map<String, Object> entry(ModelDescription model) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("modelName", model.key().name());
    entry.put("modelUrl", model.url());
    return entry;
  }

  private static ServingException conflict(String message) {
    return new ServingException(ErrorCode.CONFLICT, message);
  }

  /** As TorchServe tells it. */
  private static Response status(String text) {
    return json(Map.of("status", text));
  }

  private static Response json(Object value) {
    return Response.of(200, "application/json", ManagementJson.bytes(value));
  }
}
