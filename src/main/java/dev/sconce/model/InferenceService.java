package dev.sconce.model;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Deadline;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.handler.Part;
import dev.sconce.worker.WorkerPool;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/** Sends requests to the pool of the model they name. Safe from any thread; never blocks. */
public final class InferenceService {
  private final ModelRegistry registry;
  private final String explainingHandlers;
  private final LongSupplier nanoClock;

  InferenceService(ModelRegistry registry, String explainingHandlers, LongSupplier nanoClock) {
    this.registry = registry;
    this.explainingHandlers = explainingHandlers;
    this.nanoClock = nanoClock;
  }

  /**
   * Queues a request.
   *
   * @param version the default one if empty
   * @return completes with an answer or a stream, or exceptionally with a {@link ServingException};
   *     cancel it when the caller has gone
   * @throws ServingException {@code MODEL_NOT_FOUND}, {@code MODEL_VERSION_NOT_FOUND}, {@code
   *     NO_WORKER}, {@code QUEUE_FULL}, {@code BAD_REQUEST} if an explanation is wanted that the
   *     model's handler does not give
   */
  public CompletableFuture<Output> predict(
      String name,
      Optional<String> version,
      String requestId,
      Map<String, Part> parts,
      Map<String, String> headers) {
    ServedModel model = registry.find(name, version);
    Deadline deadline = Deadline.after(model.pool().settings().timeouts().patience(), nanoClock);
    Input input = new Input(requestId, parts, headers, deadline);
    if (input.explain() && !model.explains()) {
      throw new ServingException(
          ErrorCode.BAD_REQUEST,
          "Model %s: its handler %s does not explain (expected: one of %s, or your own that does)"
              .formatted(name, model.handlerName(), explainingHandlers));
    }
    return model.pool().submit(input, version.orElse(WorkerPool.DEFAULT_VERSION));
  }

  /**
   * Whether every model that counts has the workers it requires: those asked for at start from the
   * start, others once they have been ready. Answered without touching a worker.
   */
  public boolean isHealthy() {
    return registry.isHealthy();
  }
}
