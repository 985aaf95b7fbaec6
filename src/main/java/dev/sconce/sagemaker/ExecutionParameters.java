package dev.sconce.sagemaker;

import dev.sconce.http.Filter;
import dev.sconce.http.Response;
import dev.sconce.http.Router;
import dev.sconce.json.ManagementJson;
import dev.sconce.model.ModelCatalog;
import dev.sconce.model.ModelDescription;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * {@code GET /execution-parameters}: how a batch transform is to ask, where its owner does not say.
 * Safe from any thread.
 */
public final class ExecutionParameters {
  /** No more than that may be under way in all, CreateTransformJob says. */
  private static final int MOST_MEGABYTES = 100;

  /**
   * One record to a request is right for every handler: not all take several lines for several
   * records, and requests are put together into batches here anyway.
   */
  private static final String SINGLE_RECORD = "SINGLE_RECORD";

  private final ModelCatalog catalog;
  private final SageMakerSettings settings;
  private final int maxBodyBytes;

  /**
   * The parameters for what {@code catalog} has.
   *
   * @param settings what SageMaker says already; told back
   * @param maxBodyBytes the longest body that is taken
   */
  public ExecutionParameters(ModelCatalog catalog, SageMakerSettings settings, int maxBodyBytes) {
    this.catalog = catalog;
    this.settings = settings;
    this.maxBodyBytes = maxBodyBytes;
  }

  /** Adds the route. */
  public void addTo(Router.Builder router, Filter guard) {
    router.route(
        "GET",
        "/execution-parameters",
        request -> guard.answer(request, asked -> CompletableFuture.completedFuture(response())));
  }

  private Response response() {
    int megabytes = settings.maxPayloadMegabytes().orElseGet(this::megabytes);
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("MaxConcurrentTransforms", settings.maxConcurrentTransforms().orElse(most(megabytes)));
    told.put("BatchStrategy", settings.batchStrategy().orElse(SINGLE_RECORD));
    told.put("MaxPayloadInMB", megabytes);
    return Response.of(200, "application/json", ManagementJson.bytes(told));
  }

  private int megabytes() {
    return Math.min(Math.max(maxBodyBytes >> 20, 1), MOST_MEGABYTES);
  }

  /** As many as keep all workers of the busiest model busy with full batches. */
  private int most(int megabytes) {
    int busy = catalog.defaults().stream().mapToInt(ExecutionParameters::atOnce).max().orElse(1);
    return Math.max(Math.min(busy, MOST_MEGABYTES / Math.max(megabytes, 1)), 1);
  }

  private static int atOnce(ModelDescription model) {
    return model.workers().size() * model.batchSize();
  }
}
