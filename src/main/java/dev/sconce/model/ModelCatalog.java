package dev.sconce.model;

import dev.sconce.error.ServingException;
import dev.sconce.model.ModelDescription.ServingHandler;
import dev.sconce.model.Registration.Origin;
import dev.sconce.worker.PoolSettings;
import dev.sconce.worker.WorkerPool;
import dev.sconce.worker.WorkerStatus;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Tells what is registered. Safe from any thread; never blocks. */
public final class ModelCatalog {
  private final ModelRegistry registry;

  ModelCatalog(ModelRegistry registry) {
    this.registry = registry;
  }

  /** The name of every model, sorted. */
  public List<String> names() {
    return registry.defaults().stream().map(model -> model.key().name()).toList();
  }

  /** The names of those that the server's own start registered, sorted. */
  public List<String> startupNames() {
    return registry.defaults().stream()
        .filter(model -> model.registration().origin() == Origin.START)
        .map(model -> model.key().name())
        .toList();
  }

  /**
   * The name of the model that is meant by its name, or else by the file it is made of, whatever
   * directory and format that is told to have: {@code a/twin.tar.gz} is made of {@code twin.mar}.
   */
  public Optional<String> nameOf(String nameOrFile) {
    List<ServedModel> all = registry.defaults();
    return Stream.<Predicate<ServedModel>>of(
            model -> model.key().name().equals(nameOrFile),
            model -> stem(model.registration().url()).equals(stem(nameOrFile)),
            model -> model.key().name().equals(stem(nameOrFile)))
        .flatMap(fits -> all.stream().filter(fits))
        .map(model -> model.key().name())
        .findFirst();
  }

  private static String stem(String file) {
    return file.replaceFirst("^.*/(?=[^/])", "")
        .replaceFirst("(\\.(mar|model|tar\\.gz|tgz))?/*$", "");
  }

  /** The default version of every model, sorted by name. */
  public List<ModelDescription> defaults() {
    return registry.defaults().stream().map(ModelCatalog::describe).toList();
  }

  /**
   * One version of a model.
   *
   * @param version the default one if empty
   * @throws ServingException {@code MODEL_NOT_FOUND} or {@code MODEL_VERSION_NOT_FOUND}
   */
  public ModelDescription describe(String name, Optional<String> version) {
    return describe(registry.find(name, version));
  }

  /**
   * Every version of a model.
   *
   * @throws ServingException {@code MODEL_NOT_FOUND}
   */
  public List<ModelDescription> describeAll(String name) {
    return registry.versions(name).stream().map(ModelCatalog::describe).toList();
  }

  /** Every version that came into service, as far as it takes to do that again. */
  public List<RegisteredModel> registered() {
    return registry.all().entrySet().stream()
        .filter(model -> model.getKey().isAnnounced())
        .map(model -> registered(model.getKey(), model.getValue()))
        .toList();
  }

  private static RegisteredModel registered(ServedModel model, boolean isDefault) {
    WorkerPool pool = model.pool();
    PoolSettings settings = pool.settings();
    return new RegisteredModel(
        model.key(),
        isDefault,
        model.archive().url(),
        model.registration().handler(),
        pool.minWorkers(),
        pool.maxWorkers(),
        settings.batchSize(),
        settings.maxBatchDelay(),
        settings.timeouts().response(),
        settings.timeouts().startup(),
        model.runtime());
  }

  private static ModelDescription describe(ServedModel model) {
    WorkerPool pool = model.pool();
    PoolSettings settings = pool.settings();
    return new ModelDescription(
        model.key(),
        model.registration().url(),
        model.runtime(),
        pool.minWorkers(),
        pool.maxWorkers(),
        settings.batchSize(),
        settings.maxBatchDelay(),
        settings.timeouts().response(),
        settings.timeouts().startup(),
        settings.timeouts().retryWindow(),
        settings.timeouts().client(),
        settings.onlyIdleWorkers(),
        settings.devices(),
        model.registration().origin() == Origin.START,
        pool.workers().stream().map(ModelCatalog::describe).toList(),
        settings.queueCapacity(),
        pool.queued(),
        new ServingHandler(model.handlerName(), model.replacedHandler(), pool.handlerDescription()),
        pool.failure());
  }

  private static ModelDescription.Worker describe(WorkerStatus worker) {
    return new ModelDescription.Worker(
        worker.id(), worker.startTime(), worker.state().name(), worker.device());
  }
}
