package dev.sconce.worker;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.Optional;

/**
 * What is told to those who ask something of a pool that it cannot do.
 *
 * @param modelName as requests name it
 */
record Refusals(String modelName) {
  /** To whoever waits for workers. */
  ServingException noWorker(Optional<String> failure) {
    return noWorker(failure, WorkerPool.DEFAULT_VERSION);
  }

  /**
   * To whoever has a request.
   *
   * @param versionLabel the version as the request names it, or {@link WorkerPool#DEFAULT_VERSION}
   */
  ServingException noWorker(Optional<String> failure, String versionLabel) {
    String version =
        versionLabel.equals(WorkerPool.DEFAULT_VERSION) ? "" : " Version " + versionLabel;
    return failure
        .map(this::failed)
        .orElseGet(
            () ->
                new ServingException(
                    ErrorCode.NO_WORKER,
                    "Model \"%s\"%s has no worker to serve inference request. Please use scale workers API to add workers."
                        .formatted(modelName, version)));
  }

  /** To whoever has a request, or wants more workers. */
  ServingException failed(String why) {
    return new ServingException(
        ErrorCode.NO_WORKER, "Model \"%s\" has failed: %s".formatted(modelName, why));
  }

  /** To whoever has one request too many. */
  ServingException queueFull(String why) {
    return new ServingException(
        ErrorCode.QUEUE_FULL,
        "Model \"%s\": %s. Please try again later.".formatted(modelName, why));
  }

  /** To whoever wants workers of a closed pool. */
  ServingException notFound() {
    return new ServingException(ErrorCode.MODEL_NOT_FOUND, "Model not found: " + modelName);
  }

  /** To whoever waits for workers of a pool that is being closed. */
  ServingException withdrawn() {
    return new ServingException(
        ErrorCode.STOPPING, "Model " + modelName + " was taken out of service before it was ready");
  }
}
