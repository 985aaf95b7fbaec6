package dev.sconce;

import dev.sconce.archive.ModelStore;
import dev.sconce.config.ServerConfig;
import dev.sconce.config.ServerConfig.StartupModel;
import dev.sconce.download.ArchiveUrl;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.model.ModelLifecycle;
import dev.sconce.model.ModelLifecycle.Change;
import dev.sconce.model.RegisteredModel;
import dev.sconce.model.Registration;
import dev.sconce.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the server is to serve from its start: what is asked for, or what a snapshot tells of. */
final class StartupModels {
  private static final Logger log = LoggerFactory.getLogger(StartupModels.class);

  private final ModelLifecycle lifecycle;
  private final List<StartupModel> asked;
  private final List<RegisteredModel> restored;
  private final List<String> failed = Collections.synchronizedList(new ArrayList<>());

  private StartupModels(
      ModelLifecycle lifecycle, List<StartupModel> asked, List<RegisteredModel> restored) {
    this.lifecycle = lifecycle;
    this.asked = asked;
    this.restored = restored;
  }

  /**
   * Announces them to {@code lifecycle}. Those of a snapshot win over those that are asked for, as
   * in TorchServe.
   *
   * @throws ServingException {@code INVALID_CONFIGURATION} if a snapshot names what the store does
   *     not have; {@code MODEL_NOT_FOUND} if all models of the store are asked for and there is no
   *     store
   */
  static StartupModels of(ServerConfig config, ModelStore store, ModelLifecycle lifecycle) {
    Optional<Snapshot> snapshot = config.snapshots().restored();
    snapshot.ifPresent(found -> check(found, store));
    List<RegisteredModel> restored = snapshot.map(Snapshot::models).orElse(List.of());
    List<StartupModel> asked = new ArrayList<>();
    if (snapshot.isEmpty()) {
      asked.addAll(config.startupModels());
      if (config.loadAllModels()) {
        store.list().forEach(url -> asked.add(new StartupModel(Optional.empty(), url)));
      }
    }
    asked.forEach(model -> lifecycle.expect(model.url()));
    restored.forEach(model -> lifecycle.expect(model.url()));
    return new StartupModels(lifecycle, asked, restored);
  }

  private static void check(Snapshot snapshot, ModelStore store) {
    List<String> missing =
        snapshot.models().stream()
            .filter(model -> !store.holds(model.url()))
            .map(
                model ->
                    "%s, for model %s version %s"
                        .formatted(model.url(), model.key().name(), model.key().version()))
            .toList();
    if (!missing.isEmpty()) {
      throw new ServingException(
          ErrorCode.INVALID_CONFIGURATION,
          "snapshot %s: the model store lacks %s (expected: every archive it names; --ncs starts without snapshots)"
              .formatted(snapshot.name(), String.join("; ", missing)));
    }
  }

  /** Loads them; see {@link ModelServer#loadStartupModels}. */
  CompletableFuture<List<String>> load() {
    List<CompletableFuture<Void>> loading = new ArrayList<>();
    asked.forEach(
        model -> loading.add(load(Registration.atStartup(model.url(), model.name())).done()));
    // The first version that is registered is the default one.
    List<Loading> defaults =
        restored.stream().filter(RegisteredModel::isDefault).map(this::load).toList();
    defaults.forEach(first -> loading.add(first.done()));
    CompletableFuture<Void> others =
        all(defaults.stream().map(Loading::registered).toList())
            .thenCompose(
                registered ->
                    all(
                        restored.stream()
                            .filter(model -> !model.isDefault())
                            .map(model -> load(model).done())
                            .toList()));
    loading.add(others);
    return all(loading).thenApply(done -> failed);
  }

  /** Neither fails: what does is in the list. */
  private record Loading(CompletableFuture<Void> registered, CompletableFuture<Void> done) {}

  private Loading load(RegisteredModel model) {
    Loading loading = load(model.registration());
    if (model.maxWorkers() == model.minWorkers()) {
      return loading;
    }
    return new Loading(
        loading.registered(),
        loading.done().thenRun(() -> raiseMost(model)).exceptionally(gone -> null));
  }

  private void raiseMost(RegisteredModel model) {
    Change unused =
        lifecycle.scale(
            model.key().name(),
            Optional.of(model.key().version()),
            model.minWorkers(),
            model.maxWorkers());
  }

  private Loading load(Registration registration) {
    String url = ArchiveUrl.shown(registration.url());
    log.info("Loading {}", url);
    CompletableFuture<Change> entered = lifecycle.register(registration);
    return new Loading(
        entered.<Void>thenApply(change -> null).exceptionally(failure -> null),
        entered
            .thenCompose(Change::done)
            .exceptionally(
                failure -> {
                  log.error("{} cannot be served: {}", url, reason(failure));
                  failed.add(url);
                  return null;
                }));
  }

  private static CompletableFuture<Void> all(List<CompletableFuture<Void>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof ServingException known ? known.getMessage() : String.valueOf(cause);
  }
}
