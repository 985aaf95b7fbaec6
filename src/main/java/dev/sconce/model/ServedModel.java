package dev.sconce.model;

import dev.sconce.archive.ModelArchive;
import dev.sconce.worker.WorkerPool;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;

/**
 * One model version while it is served: its files, its handlers, its workers.
 *
 * <p>Immutable but for two of its fields; safe from any thread. {@link ModelLifecycle} owns it.
 */
final class ServedModel {
  private final ModelKey key;
  private final ModelArchive archive;
  private final HandlerChoice handler;
  private final WorkerPool pool;
  private final Registration registration;

  /** Whether it came into service, with all its workers. */
  private volatile boolean announced;

  /**
   * How many ready workers make this model healthy, unless it is to have fewer by now; a scaling
   * that is under way does not count.
   */
  private volatile int requiredWorkers;

  ServedModel(
      ModelKey key,
      ModelArchive archive,
      HandlerChoice handler,
      WorkerPool pool,
      Registration registration) {
    this.key = key;
    this.archive = archive;
    this.handler = handler;
    this.pool = pool;
    this.registration = registration;
  }

  ModelKey key() {
    return key;
  }

  ModelArchive archive() {
    return archive;
  }

  /** The language it is described with. */
  String runtime() {
    return registration.runtime().orElse(archive.manifest().runtime().wireName());
  }

  /** The name of the handler that serves. */
  String handlerName() {
    return handler.source().name();
  }

  /** Whether the handler answers explanations. */
  boolean explains() {
    return handler.source().explains();
  }

  /** The archive's own Python handler that was not run. */
  Optional<String> replacedHandler() {
    return handler.replaced();
  }

  WorkerPool pool() {
    return pool;
  }

  /** The call that it came by. */
  Registration registration() {
    return registration;
  }

  void announce() {
    announced = true;
  }

  boolean isAnnounced() {
    return announced;
  }

  void require(int readyWorkers) {
    requiredWorkers = readyWorkers;
  }

  boolean isHealthy() {
    return pool.readyWorkers() >= Math.min(requiredWorkers, pool.minWorkers());
  }

  /**
   * Ends the workers once they have answered what waits, then gives back classes and files. What a
   * hanging thread uses is kept until it ends.
   *
   * @param executor deletes the files
   * @return completes when that is done; exceptionally with a {@link TimeoutException} as soon as
   *     only threads that hang stand in the way
   */
  CompletableFuture<Void> close(Executor executor) {
    CompletableFuture<Void> released = pool.released().thenRunAsync(this::release, executor);
    return pool.close()
        .thenCompose(
            ended ->
                pool.hasAbandonedThreads()
                    ? CompletableFuture.failedFuture(new TimeoutException("its handler hangs"))
                    : released);
  }

  private void release() {
    try (archive) {
      handler.source().close();
    }
  }

  /** Deletes the files even if a thread still uses them: the server is about to end. */
  void deleteFiles() {
    archive.close();
  }
}
