package dev.sconce;

import dev.sconce.api.AccessRecorder;
import dev.sconce.api.DescriptionJson;
import dev.sconce.api.ErrorResponses;
import dev.sconce.api.InferenceApi;
import dev.sconce.api.ManagementApi;
import dev.sconce.api.MetricsApi;
import dev.sconce.archive.ModelStore;
import dev.sconce.auth.Doorkeeper;
import dev.sconce.config.Doors;
import dev.sconce.config.ServerConfig;
import dev.sconce.download.Downloads;
import dev.sconce.error.ServingException;
import dev.sconce.handler.HandlerLoader;
import dev.sconce.http.HttpServer;
import dev.sconce.http.ListenAddress;
import dev.sconce.http.Listener;
import dev.sconce.http.Router;
import dev.sconce.http.TlsIdentity;
import dev.sconce.metrics.MetricRegistry;
import dev.sconce.metrics.ProcessMemory;
import dev.sconce.metrics.ProcessMetrics;
import dev.sconce.metrics.SystemMetrics;
import dev.sconce.model.Hardware;
import dev.sconce.model.ModelDescription;
import dev.sconce.model.Models;
import dev.sconce.snapshot.SnapshotKeeper;
import dev.sconce.torch.TorchEngine;
import dev.sconce.worker.InferenceMetrics;
import dev.sconce.worker.PoolTools;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
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

  private static final int LOADERS_END_SECONDS = 5;

  /** What models have to end if the requests took all the time there was. */
  private static final Duration LAST_WAIT = Duration.ofSeconds(2);

  private final ServerConfig config;
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
  private final HttpServer http;

  private ModelServer(ServerConfig config) {
    this.config = config;
    String host = hostName();
    metrics = new MetricRegistry(config.metrics().mode(), Clock.systemUTC());
    system = new SystemMetrics(metrics, host);
    ProcessMetrics.addTo(metrics, version());
    TorchEngine engine = TorchEngine.start(config.engine());
    BuiltInHandlers builtIn = BuiltInHandlers.of(engine, config);
    ModelStore store = new ModelStore(config.store());
    timer = new ScheduledThreadPoolExecutor(1, daemons("request-timer"));
    timer.setRemoveOnCancelPolicy(true);
    loaders = Executors.newFixedThreadPool(cores(), daemons("model-loader"));
    downloads = new Downloads(config.downloads(), daemons("model-download"));
    models =
        Models.create(
            store,
            downloads,
            new HandlerLoader(builtIn.byName()),
            builtIn.recogniser(),
            config.models(),
            new Hardware(cores(), engine.usableGpus(), engine.gpuReason()),
            poolTools(host, engine),
            loaders);
    startupModels = StartupModels.of(config, store, models.lifecycle());
    snapshots = config.snapshots().directory().map(this::keeper);
    doorkeeper =
        new Doorkeeper(
            config.auth(), config.doors().cors(), new SecureRandom(), Clock.systemUTC(), loaders);
    http = listen(host);
  }

  /**
   * Starts a server: loads libtorch and listens. It is not healthy before {@link
   * #loadStartupModels} has done its work.
   *
   * @throws ServingException {@code INTERNAL} if libtorch cannot be loaded or an address cannot be
   *     listened on; {@code MODEL_NOT_FOUND} if all models of the store are to be loaded and there
   *     is no store; {@code INVALID_CONFIGURATION} if a snapshot names an archive that is not there
   */
  public static ModelServer start(ServerConfig config) {
    config.unused().forEach(key -> log.info("config: {} is not used", key));
    ModelServer server = new ModelServer(config);
    if (config.metrics().systemMetrics()) {
      server.system.start(config.metrics().systemInterval());
    }
    log.info("Listening on {}", server.addresses());
    server.handOutKeys();
    return server;
  }

  private PoolTools poolTools(String host, TorchEngine engine) {
    return new PoolTools(
        new InferenceMetrics(metrics, host),
        new AtomicInteger(FIRST_WORKER_ID)::getAndIncrement,
        timer,
        Clock.systemUTC(),
        System::nanoTime,
        engine::giveUpOn);
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

  private HttpServer listen(String host) {
    return HttpServer.open(
        config.http(),
        listeners(),
        errors,
        new AccessRecorder(metrics, host),
        () -> UUID.randomUUID().toString(),
        System::nanoTime);
  }

  private List<Listener> listeners() {
    Doors doors = config.doors();
    Sites sites = new Sites(errors);
    new InferenceApi(models).addTo(sites.at(doors.inference()), doorkeeper.inference());
    DescriptionJson descriptions =
        new DescriptionJson(ProcessHandle.current().pid(), ProcessMemory::residentBytes);
    Router.Builder management = sites.at(doors.management());
    new ManagementApi(models, descriptions, config.modelApi())
        .addTo(management, doorkeeper.management());
    doorkeeper.addTo(management);
    doors.metrics().ifPresent(address -> new MetricsApi(metrics).addTo(sites.at(address)));
    return sites.listeners(identity(doors), doors.cors());
  }

  private static Optional<TlsIdentity> identity(Doors doors) {
    if (!doors.tls() || doors.identity().isPresent()) {
      return doors.identity();
    }
    log.info("TLS: neither keystore nor certificate_file is set; a certificate is made");
    return Optional.of(TlsIdentity.selfSigned(Instant.now()));
  }

  private void handOutKeys() {
    try {
      doorkeeper.publish();
    } catch (ServingException e) {
      close();
      throw e;
    }
  }

  /**
   * Loads the start-up models.
   *
   * @return completes when each is ready or has failed, with what failed; the reasons are in the
   *     log
   */
  public CompletableFuture<List<String>> loadStartupModels() {
    CompletableFuture<List<String>> loaded = startupModels.load();
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
    doorkeeper.close();
    snapshots.ifPresent(SnapshotKeeper::close);
    system.close();
    try {
      long leftNanos = Math.max(LAST_WAIT.toNanos(), endNanos - System.nanoTime());
      models.lifecycle().close().get(leftNanos, TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      log.warn("some models did not end in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    timer.shutdownNow();
    loaders.shutdownNow();
    awaitLoaders();
    models.lifecycle().deleteLeftFiles();
    log.info("Stopped");
  }

  /** What is being unpacked just now is given up, and deleted. */
  private void awaitLoaders() {
    try {
      if (!loaders.awaitTermination(LOADERS_END_SECONDS, TimeUnit.SECONDS)) {
        log.warn("some models were still being unpacked");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** As the jar's manifest has it; classes that lie about have none. */
  private static String version() {
    return Optional.ofNullable(ModelServer.class.getPackage().getImplementationVersion())
        .orElse("unknown");
  }

  private static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
