package dev.sconce.sagemaker;

import dev.sconce.api.InvocationsApi;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.http.ErrorRenderer;
import dev.sconce.http.Request;
import dev.sconce.http.Response;
import dev.sconce.model.ModelCatalog;
import dev.sconce.model.Models;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * This server in the part of the container that stands behind an endpoint: gets what SageMaker
 * would give it, and answers what its own {@code /invocations} would.
 */
final class Container {
  private final InvocationsApi invocations;
  private final ModelCatalog catalog;
  private final ErrorRenderer errors;

  Container(Models models, ErrorRenderer errors) {
    this.invocations = new InvocationsApi(models);
    this.catalog = models.catalog();
    this.errors = errors;
  }

  /**
   * The model behind an endpoint: the one that the call names as its target; else the one of the
   * endpoint's name; else what {@code /invocations} finds.
   *
   * @throws ServingException {@code MODEL_NOT_FOUND}
   */
  String model(String endpoint, Request call) {
    boolean targeted = call.header(RuntimeHeaders.TARGET_MODEL).isPresent();
    if (!targeted && catalog.names().contains(endpoint)) {
      return endpoint;
    }
    try {
      return invocations.model(call);
    } catch (ServingException e) {
      throw targeted ? e : notFound(endpoint, e);
    }
  }

  private ServingException notFound(String endpoint, ServingException cause) {
    return new ServingException(
        ErrorCode.MODEL_NOT_FOUND,
        "Endpoint %s of account 000000000000 not found. (Here endpoints have the models' names: %s)"
            .formatted(endpoint, String.join(", ", catalog.names())),
        cause);
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
      return invocations.send(inner, model);
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
