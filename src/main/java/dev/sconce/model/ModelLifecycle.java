package dev.sconce.model;

import dev.sconce.archive.ModelArchive;
import dev.sconce.archive.ModelStore;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.worker.WorkerPool;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings models into service and takes them out again.
 *
 * <p>Safe from any thread; no call waits for a disk or a worker. What takes long runs on the given
 * executor and on the workers' own threads, and the returned futures complete there.
 */
public final class ModelLifecycle {
  private static final Logger log = LoggerFactory.getLogger(ModelLifecycle.class);

  private final ModelStore store;
  private final ModelAssembly assembly;
  private final ModelRegistry registry;
  private final ModelSettings settings;
  private final Executor executor;

  ModelLifecycle(
      ModelStore store,
      ModelAssembly assembly,
      ModelRegistry registry,
      ModelSettings settings,
      Executor executor) {
    this.store = store;
    this.assembly = assembly;
    this.registry = registry;
    this.settings = settings;
    this.executor = executor;
  }

  /**
   * What a change of a model's workers comes to.
   *
   * @param key the model version
   * @param workers how many workers it is to have
   * @param done completes when it has them; or exceptionally, and then a model that was just
   *     registered is gone again
   */
  public record Change(ModelKey key, int workers, CompletableFuture<Void> done) {}

  /**
   * Announces a model that the server's own start is about to register: until it is ready, the
   * server is not healthy.
   */
  public void expect(String url) {
    registry.markMissing(url);
  }

  /**
   * Registers a model: opens the archive, chooses the handler, starts the workers.
   *
   * @return completes when the model is in the registry and its workers are starting, or
   *     exceptionally with a {@link ServingException}: {@code MODEL_NOT_FOUND}, {@code
   *     INVALID_MODEL}, {@code CONFLICT}, {@code STOPPING}
   */
  public CompletableFuture<Change> register(Registration registration) {
    return CompletableFuture.supplyAsync(() -> enter(registration), executor)
        .thenApply(model -> start(model, assembly.workers(registration, model)));
  }

  private ServedModel enter(Registration registration) {
    ServedModel model = assembled(registration);
    try {
      registry.add(model);
      return model;
    } catch (ServingException e) {
      CompletableFuture<Void> unused = model.close(executor);
      throw e;
    }
  }

  private ServedModel assembled(Registration registration) {
    ModelArchive archive = store.open(registration.url());
    try {
      return assembly.assemble(registration, archive);
    } catch (RuntimeException | Error e) {
      archive.close();
      throw e;
    }
  }

  private Change start(ServedModel model, int workers) {
    int most = Math.max(workers, model.archive().config().maxWorkers().orElse(workers));
    CompletableFuture<Void> ready =
        CompletableFuture.completedFuture(model)
            // Not called at once: so that a refusal, too, takes the model out again.
            .thenCompose(entered -> resize(entered, workers, most))
            .thenRun(() -> announce(model))
            .exceptionallyCompose(failure -> withdraw(model, failure));
    return new Change(model.key(), workers, ready);
  }

  private void announce(ServedModel model) {
    log.info(
        "Model {} version {} is ready: handler {}, {} workers, {}",
        model.key().name(),
        model.key().version(),
        model.handlerName(),
        model.pool().readyWorkers(),
        model.pool().handlerDescription());
    registry.markPresent(model.archive().url());
  }

  /**
   * Takes a model out again that could not be started; the returned future fails with the cause.
   */
  private CompletableFuture<Void> withdraw(ServedModel model, Throwable failure) {
    registry.discard(model);
    return close(model)
        .exceptionally(ignored -> null)
        .thenCompose(closed -> CompletableFuture.failedFuture(failure));
  }

  /**
   * Changes the number of a model's workers.
   *
   * @param version the default one if empty
   * @throws ServingException {@code MODEL_NOT_FOUND}, {@code MODEL_VERSION_NOT_FOUND}, or {@code
   *     BAD_REQUEST} if the numbers contradict each other
   */
  public Change scale(String name, Optional<String> version, int minWorkers, int maxWorkers) {
    ServedModel model = registry.find(name, version);
    return new Change(model.key(), minWorkers, resize(model, minWorkers, maxWorkers));
  }

  /** Scales; the model's health asks for more workers only once they are there. */
  private CompletableFuture<Void> resize(ServedModel model, int minWorkers, int maxWorkers) {
    WorkerPool pool = model.pool();
    return pool.scale(minWorkers, maxWorkers)
        .orTimeout(model.startupTimeout().toMillis(), TimeUnit.MILLISECONDS)
        // A later call may have asked for fewer meanwhile.
        .thenRun(() -> model.require(Math.min(minWorkers, pool.minWorkers())))
        .exceptionally(
            failure -> {
              throw startFailure(model, failure);
            });
  }

  private static ServingException startFailure(ServedModel model, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof ServingException known) {
      return known;
    }
    String reason =
        cause instanceof TimeoutException
            ? "not ready within " + model.startupTimeout().toSeconds() + " s"
            : "see the log";
    String text =
        "Failed to start workers for model %s version: %s: %s"
            .formatted(model.key().name(), model.key().version(), reason);
    if (cause instanceof TimeoutException) {
      log.error(text);
    } else {
      log.error(text, cause);
    }
    return new ServingException(ErrorCode.INTERNAL, text, failure);
  }

  /**
   * Makes a version the one that requests get which name none.
   *
   * @throws ServingException {@code MODEL_NOT_FOUND} or {@code MODEL_VERSION_NOT_FOUND}
   */
  public void setDefault(String name, String version) {
    registry.setDefault(name, version);
  }

  /**
   * Takes a model version out of service. New requests no longer find it; those it has are
   * answered, then its memory and its files are freed.
   *
   * @param version the default one if empty
   * @return completes when that is done; exceptionally with {@code REQUEST_TIMEOUT} if it takes too
   *     long, and then goes on
   * @throws ServingException {@code MODEL_NOT_FOUND}, {@code MODEL_VERSION_NOT_FOUND}, {@code
   *     INVALID_MODEL_VERSION}
   */
  public CompletableFuture<Void> unregister(String name, Optional<String> version) {
    ServedModel model = registry.remove(name, version);
    log.info("Model {} version {} is unregistered", name, model.key().version());
    return close(model);
  }

  private CompletableFuture<Void> close(ServedModel model) {
    Duration patience = settings.unregisterTimeout();
    return model
        .close(executor)
        .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(
            failure -> {
              throw new ServingException(
                  ErrorCode.REQUEST_TIMEOUT,
                  "Timed out while cleaning resources: " + model.key().name(),
                  failure);
            });
  }

  /**
   * Takes every model out of service and no further one in; completes when all have answered what
   * they had.
   */
  public CompletableFuture<Void> close() {
    return CompletableFuture.allOf(
        registry.close().stream().map(this::close).toArray(CompletableFuture[]::new));
  }
}
