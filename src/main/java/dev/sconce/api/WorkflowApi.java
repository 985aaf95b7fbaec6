package dev.sconce.api;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.http.Filter;
import dev.sconce.http.Request;
import dev.sconce.http.Response;
import dev.sconce.http.Router;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Workflows, of which there are none: TorchServe 0.12.0 has switched them off and says so. */
final class WorkflowApi {
  private WorkflowApi() {}

  /** Adds the inference port's route behind {@code guard}. */
  static void addPredictions(Router.Builder router, Filter guard) {
    router.any("/wfpredict/{workflow}", request -> guard.answer(request, WorkflowApi::notFound));
  }

  /** Adds the management port's routes behind {@code guard}. */
  static void addManagement(Router.Builder router, Filter guard) {
    router
        .route("GET", "/workflows", request -> guard.answer(request, WorkflowApi::list))
        .route("POST", "/workflows", request -> guard.answer(request, WorkflowApi::register))
        .route(
            "GET", "/workflows/{workflow}", request -> guard.answer(request, WorkflowApi::notFound))
        .route(
            "DELETE",
            "/workflows/{workflow}",
            request -> guard.answer(request, WorkflowApi::notFound));
  }

  private static CompletionStage<Response> list(Request request) {
    return CompletableFuture.completedFuture(Answers.json(200, Map.of("workflows", List.of())));
  }

  private static CompletionStage<Response> register(Request request) {
    throw Parameters.refused("Registering new workflows is disabled.");
  }

  private static CompletionStage<Response> notFound(Request request) {
    throw new ServingException(
        ErrorCode.WORKFLOW_NOT_FOUND, "Workflow not found: " + request.pathVariable("workflow"));
  }
}
