package dev.sconce.sagemaker;

import dev.sconce.api.Predictions;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.http.ErrorRenderer;
import dev.sconce.http.Request;
import dev.sconce.http.Response;
import dev.sconce.model.ModelCatalog;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * This server in the part of the container that stands behind an endpoint: gets what SageMaker
 * would give it, and answers what its own {@code /invocations} would.
 */
final class Container {
  private final Predictions predictions;
  private final ModelCatalog catalog;
  private final ErrorRenderer errors;

  Container(Predictions predictions, ModelCatalog catalog, ErrorRenderer errors) {
    this.predictions = predictions;
    this.catalog = catalog;
    this.errors = errors;
  }

  /**
   * The model behind an endpoint: the one that the call names as its target; else the one of the
   * endpoint's name; else the only one.
   *
   * @throws ServingException {@code MODEL_NOT_FOUND}
   */
  String model(String endpoint, Request call) {
    List<String> names =
        catalog.defaults().stream().map(model -> model.key().name()).sorted().toList();
    String wanted = call.header(RuntimeHeaders.TARGET_MODEL).orElse(endpoint);
    if (names.contains(wanted)) {
      return wanted;
    }
    if (names.size() == 1) {
      return names.get(0);
    }
    throw new ServingException(
        ErrorCode.MODEL_NOT_FOUND,
        "Endpoint %s of account 000000000000 not found. (Here an endpoint is called as its model: %s)"
            .formatted(endpoint, String.join(", ", names)));
  }

  /** The call without what SageMaker keeps from containers. */
  static Request inner(Request call) {
    return new Request(
        call.id(),
        call.method(),
        call.path(),
        "",
        call.protocol(),
        RuntimeHeaders.forContainer(call.headers()),
        call.body(),
        call.remoteAddress(),
        Map.of(),
        call.disconnected());
  }

  /** What the model answers; a failure is an answer, too. */
  CompletionStage<Response> answer(Request inner, String model) {
    return asked(inner, model).exceptionally(failure -> failed(failure, inner));
  }

  private CompletionStage<Response> asked(Request inner, String model) {
    try {
      return predictions.send(inner, model);
    } catch (ServingException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** A failure as the container tells it. */
  Response failed(Throwable failure, Request inner) {
    return errors.render(failure, inner);
  }

  /** What an answer says at once; nothing if it comes in pieces. */
  static ByteBuffer bytes(Response answer) {
    return answer.content() instanceof Response.Whole whole
        ? whole.bytes()
        : ByteBuffer.allocate(0);
  }
}
