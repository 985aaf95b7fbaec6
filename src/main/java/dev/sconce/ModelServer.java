package dev.sconce;

import dev.sconce.api.AccessRecorder;
import dev.sconce.api.ErrorResponses;
import dev.sconce.archive.ModelStore;
import dev.sconce.auth.AuthSettings.Asked;
import dev.sconce.auth.Doorkeeper;
import dev.sconce.config.ServerConfig;
import dev.sconce.download.Downloads;
import dev.sconce.error.ServingException;
import dev.sconce.http.HttpServer;
import dev.sconce.http.ListenAddress;
import dev.sconce.metrics.MetricRegistry;
import dev.sconce.metrics.ProcessMetrics;
import dev.sconce.metrics.SystemMetrics;
import dev.sconce.model.Hardware;
import dev.sconce.model.ModelDescription;
import dev.sconce.model.ModelKey;
import dev.sconce.model.Models;
import dev.sconce.sagemaker.LocalEndpoints;
import dev.sconce.snapshot.SnapshotKeeper;
import dev.sconce.torch.TorchEngine;
import dev.sconce.worker.Attendance;
import dev.sconce.worker.InferenceMetrics;
import dev.sconce.worker.PoolTools;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole server: builds the rooms from the configuration, starts them, closes them in reverse.
 * May be used from any thread.
 */
public final class ModelServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ModelServer.class);

  /** TorchServe numbers its workers by their ports, which begin here. */
  private static final int FIRST_WORKER_ID = 9000;

  /** By the time it begins, those who load have been told to give up for a while. */
  private static final Duration LOADERS_END = Duration.ofSeconds(2);

  /** What models have to end if the requests took all the time there was. */
  private static final Duration LAST_WAIT = Duration.ofSeconds(2);

  private final ServerConfig config;
  private final TorchEngine engine;
  private final ScheduledThreadPoolExecutor timer;
  private final ExecutorService loaders;
  private final Downloads downloads;
  private final Models models;
  private final StartupModels startupModels;
  private final Optional<SnapshotKeeper> snapshots;
  private final MetricRegistry metrics;
  private final SystemMetrics system;
  private final ErrorResponses errors = new ErrorResponses();
  private final Doorkeeper doorkeeper;
  private final Optional<LocalEndpoints> localEndpoints;
  private final HttpServer http;

  private ModelServer(ServerConfig config) {
    this.config = config;
    engine = TorchEngine.start(config.engine()); // takes long: others begin while it does
    String host = Machine.hostName();
    metrics = new MetricRegistry(config.metrics().mode(), Clock.systemUTC());
    system = new SystemMetrics(metrics, host);
    ProcessMetrics.addTo(metrics, Machine.version());
    BuiltInHandlers handlers = BuiltInHandlers.of(config, engine);
    tell(config, handlers.loader().builtInNames());
    ModelStore store = new ModelStore(config.store());
    timer = new ScheduledThreadPoolExecutor(1, Machine.daemons("request-timer"));
    timer.setRemoveOnCancelPolicy(true);
    loaders = Executors.newFixedThreadPool(Machine.cores(), Machine.daemons("model-loader"));
    downloads = new Downloads(config.downloads(), Machine.daemons("model-download"));
    models =
        Models.create(
            store,
            downloads,
            handlers.loader(),
            handlers.recogniser(),
            config.models(),
            this::hardware,
            poolTools(host),
            loaders);
    startupModels = StartupModels.of(config, store, models.lifecycle());
    snapshots = config.snapshots().directory().map(this::keeper);
    localEndpoints = config.sageMaker().localDirectory().map(this::endpoints);
    doorkeeper = doorkeeper();
    http = listen(host);
  }

  /**
   * Starts a server: begins to load libtorch, and listens. It is not healthy before {@link
   * #loadStartupModels} has done its work.
   *
   * @throws ServingException {@code INTERNAL} if an address cannot be listened on; {@code
   *     MODEL_NOT_FOUND} if all models of the store are to be loaded and there is no store; {@code
   *     INVALID_CONFIGURATION} if a snapshot names an archive that is not there
   */
  public static ModelServer start(ServerConfig config) {
    ModelServer server = new ModelServer(config);
    if (config.metrics().systemMetrics()) {
      server.system.start(config.metrics().systemInterval());
    }
    log.info("Listening on {}", server.addresses());
    server.handOutKeys();
    return server;
  }

  private static void tell(ServerConfig config, String builtInHandlers) {
    config.unused().forEach(key -> log.info("config: {} is not used", key));
    config.warnings().forEach(log::warn);
    if (!config.scripts().isEmpty()) {
      log.warn(
          "{}: no Python is run here; a built-in handler stands in: the one that model-config.yaml"
              + " names, or that fits the weights; there are {}",
          String.join(", ", config.scripts()),
          builtInHandlers);
    }
  }

  private Hardware hardware() {
    return new Hardware(Machine.cores(), engine.usableGpus(), engine.gpuReason());
  }

  private PoolTools poolTools(String host) {
    return new PoolTools(
        new InferenceMetrics(metrics, host),
        new AtomicInteger(FIRST_WORKER_ID)::getAndIncrement,
        timer,
        Clock.systemUTC(),
        System::nanoTime,
        attendance());
  }

  private Attendance attendance() {
    return new Attendance() {
      @Override
      public void begin(Thread thread) {
        engine.begin(thread);
      }

      @Override
      public void end(Thread thread) {
        engine.end(thread);
      }
    };
  }

  private SnapshotKeeper keeper(Path directory) {
    SnapshotKeeper keeper =
        new SnapshotKeeper(
            directory,
            config.snapshots().properties(),
            models.catalog()::registered,
            Clock.system(ZoneId.systemDefault()));
    models.lifecycle().onChange(keeper::changed);
    return keeper;
  }

  private LocalEndpoints endpoints(Path directory) {
    return new LocalEndpoints(directory, models, errors, config.http());
  }

  private Doorkeeper doorkeeper() {
    return new Doorkeeper(
        config.auth(), config.doors().cors(), new SecureRandom(), Clock.systemUTC(), loaders);
  }

  private HttpServer listen(String host) {
    return HttpServer.open(
        config.http(),
        new Apis(config, models, metrics, doorkeeper, localEndpoints, loaders).listeners(errors),
        errors,
        new AccessRecorder(metrics, host),
        () -> UUID.randomUUID().toString(),
        System::nanoTime);
  }

  private void handOutKeys() {
    if (config.doors().management().isEmpty() && config.auth().asked() != Asked.OF_EVERYONE) {
      return; // nobody is asked for one
    }
    try {
      doorkeeper.publish();
    } catch (ServingException e) {
      close();
      throw e;
    }
  }

  /**
   * Begins to load the start-up models. Blocks until libtorch is loaded.
   *
   * @return completes when each is ready or has failed, with what failed; the reasons are in the
   *     log
   * @throws ServingException {@code INTERNAL} if libtorch cannot be loaded
   */
  public CompletableFuture<List<String>> loadStartupModels() {
    CompletableFuture<List<String>> loaded = startupModels.load();
    engine.await(); // archives are unpacked meanwhile
    return loaded.whenComplete((failed, bug) -> snapshots.ifPresent(SnapshotKeeper::started));
  }

  /** The default version of every model, sorted by name. */
  public List<ModelDescription> models() {
    return models.catalog().defaults();
  }

  /**
   * Where it listens, with its real ports: inference, management, metrics; fewer if some share one.
   */
  public List<ListenAddress> addresses() {
    return http.addresses();
  }

  /** How long {@link #close} takes at most, if requests may take {@code patience}. */
  static Duration longestClose(Duration patience) {
    return patience
        .plus(HttpServer.LOOPS_END)
        .plus(LocalEndpoints.LAST_FILES)
        .plus(LAST_WAIT)
        .plus(LOADERS_END);
  }

  /**
   * Stops: takes no more connections, gives up models that are loading, lets requests finish, takes
   * every model out of service. Blocks for as long as the settings allow and a few seconds.
   */
  @Override
  public void close() {
    Duration patience = config.http().drainTimeout();
    log.info("Stopping; requests in work have {} s to finish", patience.toSeconds());
    long endNanos = System.nanoTime() + patience.toNanos();
    models.lifecycle().stopLoading();
    downloads.close();
    http.close();
    localEndpoints.ifPresent(
        local -> local.close(Duration.ofNanos(Math.max(0, endNanos - System.nanoTime()))));
    doorkeeper.close();
    snapshots.ifPresent(SnapshotKeeper::close);
    system.close();
    try {
      long leftNanos = Math.max(LAST_WAIT.toNanos(), endNanos - System.nanoTime());
      models.lifecycle().close().get(leftNanos, TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.debug("not every model has ended", e); // which they are is told below
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    timer.shutdownNow();
    loaders.shutdownNow();
    awaitLoaders();
    for (ModelKey left : models.lifecycle().deleteLeftFiles()) {
      log.warn("Model {} version {} did not end in time", left.name(), left.version());
    }
    log.info("Stopped");
  }

  /** What is being unpacked just now is given up, and deleted. */
  private void awaitLoaders() {
    try {
      if (!loaders.awaitTermination(LOADERS_END.toSeconds(), TimeUnit.SECONDS)) {
        log.warn("some models were still being unpacked");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
