package dev.sconce.sagemaker;

import dev.sconce.http.Request;
import dev.sconce.http.Response;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * What stands between a client and the container: turns what the container answers into what
 * SageMaker answers.
 *
 * @param endpoint its name
 * @param call the client's
 * @param form what the client is to see of a success
 */
record Front(Container container, String endpoint, Request call, AnswerForm form) {
  private static final String ONLY_VARIANT = "AllTraffic";

  /** Asks the container. */
  CompletionStage<Response> answer() {
    Request inner = Container.inner(call);
    String variant = call.header(RuntimeHeaders.TARGET_VARIANT).orElse(ONLY_VARIANT);
    return container
        .answer(inner, container.model(endpoint, call))
        .thenCompose(answer -> fronted(answer, inner))
        .thenApply(
            answer ->
                answer
                    .withHeader("x-amzn-invoked-production-variant", variant)
                    .withHeader(RuntimeHeaders.REQUEST_ID, call.id()));
  }

  private CompletionStage<Response> fronted(Response answer, Request inner) {
    if (answer.content() instanceof Response.Stream stream) {
      UnaryOperator<ByteBuffer> pieces =
          isSuccess(answer) ? form::piece : UnaryOperator.identity(); // of a failure, it is quoted
      CompletableFuture<BegunStream> taken =
          BegunStream.of(stream.pieces(), pieces, failure -> lastWords(failure, inner));
      CompletableFuture<Void> unused = call.disconnected().thenRun(() -> taken.cancel(false));
      return taken
          .thenApply(begun -> begun(answer, begun))
          .exceptionally(failure -> failed(container.failed(failure, inner)));
    }
    return CompletableFuture.completedFuture(
        isSuccess(answer)
            ? success(answer, new Response.Whole(form.piece(Container.bytes(answer))))
            : failed(answer));
  }

  private static boolean isSuccess(Response answer) {
    return answer.status() < 300;
  }

  private Response begun(Response answer, BegunStream stream) {
    return isSuccess(answer)
        ? success(answer, new Response.Stream(stream))
        : RuntimeErrors.model(endpoint, answer.status(), stream.firstAndOnly());
  }

  private Response success(Response answer, Response.Content content) {
    return new Response(200, form.headers(answer.headers()), content);
  }

  private Response failed(Response answer) {
    return RuntimeErrors.model(endpoint, answer.status(), Container.bytes(answer));
  }

  private Optional<ByteBuffer> lastWords(Throwable failure, Request inner) {
    Response answer = container.failed(failure, inner);
    return form.lastWords(answer.status(), Container.bytes(answer));
  }
}
