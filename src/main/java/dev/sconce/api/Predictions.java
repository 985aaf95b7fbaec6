package dev.sconce.api;

import dev.sconce.handler.Output;
import dev.sconce.handler.Part;
import dev.sconce.http.Headers;
import dev.sconce.http.Request;
import dev.sconce.http.Response;
import dev.sconce.model.InferenceService;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A request → the model that is to answer it → its answer. Safe from any thread. */
public final class Predictions {
  /** By which TorchServe's clients know that more than one piece comes. */
  private static final String STREAM_HEADER = "ts_stream_next";

  private final InferenceService inference;

  /** Asks the models of {@code inference}. */
  public Predictions(InferenceService inference) {
    this.inference = inference;
  }

  /**
   * Asks a model; given up when the client has gone.
   *
   * @param version the default one if empty
   * @param parts what the handler gets
   * @param added headers that the handler sees besides the request's own
   * @return as {@link InferenceService#predict}
   */
  public CompletionStage<Response> send(
      Request request,
      String model,
      Optional<String> version,
      Map<String, Part> parts,
      Map<String, String> added) {
    Map<String, String> headers = InputReader.headers(request);
    headers.putAll(added);
    CompletableFuture<Output> answer =
        inference.predict(model, version, request.id(), parts, headers);
    CompletableFuture<Void> unused = request.disconnected().thenRun(() -> answer.cancel(false));
    return answer.thenApply(Predictions::response);
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
          stream.status(),
          Headers.of(stream.headers()).with(STREAM_HEADER, "true"),
          new Response.Stream(stream.chunks()));
    } catch (IllegalArgumentException e) {
      stream.chunks().cancel();
      throw e;
    }
  }
}
