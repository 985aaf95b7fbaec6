package dev.sconce.api;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Part;
import dev.sconce.http.Body;
import dev.sconce.http.Endpoint;
import dev.sconce.http.Filter;
import dev.sconce.http.Request;
import dev.sconce.http.Response;
import dev.sconce.http.Router;
import dev.sconce.model.ModelCatalog;
import dev.sconce.model.Models;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * {@code /invocations}, which finds out itself which model is meant, and {@code
 * /models/{model}/invoke}: the routes by which SageMaker asks, and TorchServe's, of any method. The
 * query's parameters are parts.
 *
 * <p>What SageMaker's headers say is for handlers, which see them as any others; but {@code
 * X-Amzn-SageMaker-Target-Model} names the model.
 */
public final class InvocationsApi {
  private static final String MODEL_NAME = "model_name";
  private static final String TARGET_MODEL = "x-amzn-sagemaker-target-model";
  private static final int MOST_NAMED = 10;

  private final ModelCatalog catalog;
  private final Predictions predictions;

  /** An API in front of {@code models}. */
  public InvocationsApi(Models models) {
    this.catalog = models.catalog();
    this.predictions = new Predictions(models.inference());
  }

  /**
   * Adds the routes.
   *
   * @param guard stands before {@code /invocations}
   * @param modelGuard stands before {@code /models/{model}/invoke}
   */
  public void addTo(Router.Builder router, Filter guard, Filter modelGuard) {
    Endpoint found = request -> send(request, model(request));
    Endpoint named = request -> send(request, request.pathVariable("model"));
    router
        .any("/invocations", request -> guard.answer(request, found))
        .any("/models/{model}/invoke", request -> modelGuard.answer(request, named));
  }

  /**
   * Asks a model with the body's parts and the query's parameters.
   *
   * @return as {@link Predictions#send}
   */
  public CompletionStage<Response> send(Request request, String model) {
    Map<String, Part> parts = InputReader.partsAndQuery(request);
    return predictions.send(request, model, Optional.empty(), parts, Map.of());
  }

  /**
   * The model that is meant: the query's, the header's, the form's if there is such a one, the only
   * one loaded at start. So far as TorchServe, but for the header; where that gives up: the form's
   * all the same, or the only one there is.
   *
   * @throws ServingException {@code MODEL_NOT_FOUND} or {@code BAD_REQUEST}
   */
  public String model(Request request) {
    Optional<String> form = formField(request);
    return request
        .parameter(MODEL_NAME)
        .filter(name -> !name.isEmpty())
        .or(() -> request.header(TARGET_MODEL).map(this::target))
        .or(() -> form.filter(catalog.names()::contains))
        .or(() -> only(catalog.startupNames()))
        .or(() -> form)
        .or(() -> only(catalog.names()))
        .orElseThrow(this::notNamed);
  }

  private String target(String target) {
    return catalog
        .nameOf(target)
        .orElseThrow(
            () ->
                new ServingException(
                    ErrorCode.MODEL_NOT_FOUND,
                    "Model not found: %s, of the header %s (%s)"
                        .formatted(target, TARGET_MODEL, there())));
  }

  private static Optional<String> formField(Request request) {
    return request.body() instanceof Body.Form form
        ? form.field(MODEL_NAME).map(Body.Field::text).filter(name -> !name.isEmpty())
        : Optional.empty();
  }

  private static Optional<String> only(List<String> names) {
    return names.size() == 1 ? Optional.of(names.get(0)) : Optional.empty();
  }

  private ServingException notNamed() {
    return Parameters.refused("Parameter model_name is required. (" + there() + ")");
  }

  private String there() {
    List<String> names = catalog.names();
    List<String> shown = names.subList(0, Math.min(MOST_NAMED, names.size()));
    return names.isEmpty()
        ? "no model is registered"
        : "registered: " + String.join(", ", shown) + (shown.equals(names) ? "" : ", …");
  }
}
