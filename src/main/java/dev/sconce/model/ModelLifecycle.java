package dev.sconce.model;

import dev.sconce.archive.ModelArchive;
import dev.sconce.download.ArchiveUrl;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.model.Archives.Found;
import dev.sconce.worker.WorkerPool;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
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

  private final Archives archives;
  private final ModelAssembly assembly;
  private final ModelRegistry registry;
  private final ModelSettings settings;
  private final ScheduledExecutorService timer;
  private final Executor executor;

  /** All whose files have not been given back: in service, on their way there, or out again. */
  private final Set<ServedModel> open = ConcurrentHashMap.newKeySet();

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  ModelLifecycle(
      Archives archives,
      ModelAssembly assembly,
      ModelRegistry registry,
      ModelSettings settings,
      ScheduledExecutorService timer,
      Executor executor) {
    this.archives = archives;
    this.assembly = assembly;
    this.registry = registry;
    this.settings = settings;
    this.timer = timer;
    this.executor = executor;
  }

  /** Has {@code listener} called after every change of what is in service, on any thread. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  private void tellChange() {
    listeners.forEach(Runnable::run);
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
    registry.markMissing(ArchiveUrl.shown(url));
  }

  /**
   * Registers a model: fetches the archive if it is named by a URL, opens it, chooses the handler,
   * starts the workers. If it comes to nothing, what was fetched is deleted again.
   *
   * @return completes when the model is in the registry and its workers are starting, or
   *     exceptionally with a {@link ServingException}: {@code MODEL_NOT_FOUND}, {@code
   *     INVALID_MODEL}, {@code DOWNLOAD_FAILED}, {@code CONFLICT}, {@code STOPPING}
   */
  public CompletableFuture<Change> register(Registration registration) {
    return archives.find(registration).thenApplyAsync(this::enter, executor).thenApply(this::start);
  }

  /** A model in the registry, and what it was made of. */
  private record Entered(ServedModel model, Found found) {}

  private Entered enter(Found found) {
    try {
      ServedModel model = assembled(found);
      try {
        registry.add(model);
        return new Entered(model, found);
      } catch (ServingException e) {
        CompletableFuture<Void> unused = close(model);
        throw e;
      }
    } catch (RuntimeException | Error e) {
      archives.delete(found.fetched());
      throw e;
    }
  }

  private ServedModel assembled(Found found) {
    ModelArchive archive = archives.open(found);
    try {
      ServedModel model = assembly.assemble(found.registration(), archive);
      open.add(model);
      return model;
    } catch (RuntimeException | Error e) {
      archive.close();
      throw e;
    }
  }

  private Change start(Entered entered) {
    ServedModel model = entered.model();
    int workers = assembly.workers(entered.found().registration(), model);
    int most = assembly.mostWorkers(model, workers);
    CompletableFuture<Void> ready =
        CompletableFuture.completedFuture(model)
            // Not called at once: so that a refusal, too, takes the model out again.
            .thenCompose(made -> resize(made, workers, most))
            .thenRun(() -> announce(model))
            .exceptionallyCompose(failure -> withdraw(entered, failure));
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
    registry.markPresent(model.registration().url());
    model.announce();
    tellChange();
  }

  /**
   * Takes a model out again that could not be started; the returned future fails with the cause.
   */
  private CompletableFuture<Void> withdraw(Entered entered, Throwable failure) {
    registry.discard(entered.model());
    archives.delete(entered.found().fetched());
    return close(entered.model())
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
    return new Change(
        model.key(), minWorkers, resize(model, minWorkers, maxWorkers).thenRun(this::tellChange));
  }

  /** Scales; the model's health asks for more workers only once they are there. */
  private CompletableFuture<Void> resize(ServedModel model, int minWorkers, int maxWorkers) {
    WorkerPool pool = model.pool();
    return pool.scale(minWorkers, maxWorkers)
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
    if (cause instanceof OutOfMemoryError) {
      return new ServingException(
          ErrorCode.OUT_OF_MEMORY, "out of memory: the server's heap is full", failure);
    }
    boolean late = cause instanceof TimeoutException;
    String reason =
        late
            ? "not ready within " + model.pool().settings().timeouts().startup().toSeconds() + " s"
            : "see the log";
    String text =
        "Failed to start workers for model %s version: %s: %s"
            .formatted(model.key().name(), model.key().version(), reason);
    if (late) {
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
    tellChange();
  }

  /**
   * Takes a model version out of service. New requests no longer find it; those it has are
   * answered, then its memory and its files are freed. An archive that was downloaded is deleted
   * from the store, if no other model is made of it.
   *
   * @param version the default one if empty
   * @return completes when that is done; exceptionally with {@code REQUEST_TIMEOUT} if it takes too
   *     long, and then goes on, or if a hanging thread keeps it from being done
   * @throws ServingException {@code MODEL_NOT_FOUND}, {@code MODEL_VERSION_NOT_FOUND}, {@code
   *     INVALID_MODEL_VERSION}
   */
  public CompletableFuture<Void> unregister(String name, Optional<String> version) {
    ServedModel model = registry.remove(name, version);
    log.info("Model {} version {} is unregistered", name, model.key().version());
    tellChange();
    return close(model)
        .whenCompleteAsync(
            (closed, late) -> archives.delete(model.archive().downloaded()), executor);
  }

  private CompletableFuture<Void> close(ServedModel model) {
    CompletableFuture<Void> closed = model.close(executor).thenRun(() -> open.remove(model));
    return within(settings.unregisterTimeout(), closed)
        .exceptionally(
            failure -> {
              throw new ServingException(
                  ErrorCode.REQUEST_TIMEOUT,
                  "Timed out while cleaning resources: " + model.key().name(),
                  failure);
            });
  }

  private CompletableFuture<Void> within(Duration patience, CompletableFuture<Void> future) {
    CompletableFuture<Void> limited = future.copy();
    Future<?> alarm =
        timer.schedule(
            () -> limited.completeExceptionally(new TimeoutException()),
            patience.toNanos(),
            TimeUnit.NANOSECONDS);
    return limited.whenComplete((done, failure) -> alarm.cancel(false));
  }

  /**
   * Takes no further model in and gives up those that are loading: whoever waits for one is told
   * that the server is stopping.
   */
  public void stopLoading() {
    registry.refuseMore();
    for (ServedModel model : open) {
      if (!model.isAnnounced()) {
        CompletableFuture<Void> unused = model.pool().close();
      }
    }
  }

  /**
   * Takes every model out of service and no further one in; completes when all have answered what
   * they had. A thread that is known to hang is not waited for.
   */
  public CompletableFuture<Void> close() {
    return CompletableFuture.allOf(
        registry.close().stream()
            .map(model -> close(model).exceptionally(stuck -> null))
            .toArray(CompletableFuture[]::new));
  }

  /** Deletes the files of models that are not closed: the server is about to end. Tells which. */
  public List<ModelKey> deleteLeftFiles() {
    open.forEach(ServedModel::deleteFiles);
    return open.stream().map(ServedModel::key).toList();
  }
}
