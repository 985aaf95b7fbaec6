package dev.sconce.api;

import dev.sconce.handler.Output;
import dev.sconce.http.Endpoint;
import dev.sconce.http.Filter;
import dev.sconce.http.Headers;
import dev.sconce.http.Request;
import dev.sconce.http.Response;
import dev.sconce.http.Router;
import dev.sconce.model.InferenceService;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * {@code /ping}, {@code /predictions} and {@code /explanations}. Methods are not told apart, as in
 * TorchServe.
 */
public final class InferenceApi {
  private final InferenceService inference;

  /** An API in front of {@code inference}. */
  public InferenceApi(InferenceService inference) {
    this.inference = inference;
  }

  /** Adds the routes, each behind {@code guard}. */
  public void addTo(Router.Builder router, Filter guard) {
    router.any("/ping", behind(guard, request -> CompletableFuture.completedFuture(ping())));
    addTo(router, "/predictions", behind(guard, request -> answer(request, false)));
    addTo(router, "/explanations", behind(guard, request -> answer(request, true)));
  }

  private static Endpoint behind(Filter guard, Endpoint endpoint) {
    return request -> guard.answer(request, endpoint);
  }

  private static void addTo(Router.Builder router, String start, Endpoint endpoint) {
    router
        .any(start + "/{model}", endpoint)
        .any(start + "/{model}/{version}", endpoint)
        .any(start + "/{model}/{version}/{rest...}", endpoint);
  }

  private Response ping() {
    return inference.isHealthy()
        ? Answers.status(200, "Healthy")
        : Answers.status(500, "Unhealthy");
  }

  private CompletionStage<Response> answer(Request request, boolean explain) {
    Map<String, String> variables = request.pathVariables();
    CompletableFuture<Output> answer =
        inference.predict(
            request.pathVariable("model"),
            Optional.ofNullable(variables.get("version")),
            request.id(),
            InputReader.parts(request),
            headers(request, variables.getOrDefault("rest", ""), explain));
    CompletableFuture<Void> unused = request.disconnected().thenRun(() -> answer.cancel(false));
    return answer.thenApply(InferenceApi::response);
  }

  /** The request's headers and the two that TorchServe adds for its handlers. */
  private static Map<String, String> headers(Request request, String rest, boolean explain) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(request.headers().asMap());
    headers.put("url_path", rest);
    headers.put("explain", explain ? "True" : "False");
    return headers;
  }

  private static Response response(Output output) {
    if (output instanceof Output.Answer whole) {
      return new Response(
          whole.status(), Headers.of(whole.headers()), new Response.Whole(whole.body()));
    }
    if (output instanceof Output.Stream stream) {
      return streamed(stream);
    }
    throw new IllegalStateException("a pool completes with an answer or a stream: " + output);
  }

  /** A stream whose headers cannot be sent is given up: its worker would wait for a subscriber. */
  private static Response streamed(Output.Stream stream) {
    try {
      return new Response(
          stream.status(), Headers.of(stream.headers()), new Response.Stream(stream.chunks()));
    } catch (IllegalArgumentException e) {
      stream.chunks().cancel();
      throw e;
    }
  }
}
