package dev.sconce.model;

import dev.sconce.archive.ModelArchive;
import dev.sconce.worker.WorkerPool;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * One model version while it is served: its files, its handlers, its workers.
 *
 * <p>Immutable but for {@code requiredWorkers}; safe from any thread. {@link ModelLifecycle} owns
 * it.
 */
final class ServedModel {
  private final ModelKey key;
  private final ModelArchive archive;
  private final HandlerChoice handler;
  private final WorkerPool pool;
  private final Duration startupTimeout;
  private final boolean loadedAtStartup;

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
      Duration startupTimeout,
      boolean loadedAtStartup) {
    this.key = key;
    this.archive = archive;
    this.handler = handler;
    this.pool = pool;
    this.startupTimeout = startupTimeout;
    this.loadedAtStartup = loadedAtStartup;
  }

  ModelKey key() {
    return key;
  }

  ModelArchive archive() {
    return archive;
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

  Duration startupTimeout() {
    return startupTimeout;
  }

  boolean loadedAtStartup() {
    return loadedAtStartup;
  }

  void require(int readyWorkers) {
    requiredWorkers = readyWorkers;
  }

  boolean isHealthy() {
    return pool.readyWorkers() >= Math.min(requiredWorkers, pool.minWorkers());
  }

  /**
   * Ends the workers once they have answered what waits, then gives back classes and files.
   *
   * @param executor deletes the files
   */
  CompletableFuture<Void> close(Executor executor) {
    return pool.close().thenRunAsync(this::release, executor);
  }

  private void release() {
    try (archive) {
      handler.source().close();
    }
  }
}
