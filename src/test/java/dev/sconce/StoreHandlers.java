package dev.sconce;

import dev.sconce.archive.ModelStore;
import dev.sconce.config.ConfigLoader;
import dev.sconce.config.Overrides;
import dev.sconce.config.ServerConfig;
import dev.sconce.metrics.MetricRegistry;
import dev.sconce.model.ChosenHandler;
import dev.sconce.torch.TorchEngine;
import dev.sconce.worker.InferenceMetrics;
import dev.sconce.worker.ManualTimer;
import dev.sconce.worker.NoAttendance;
import dev.sconce.worker.PoolTools;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** The handlers that a server would choose for a store's archives, without the server. */
public final class StoreHandlers {
  private StoreHandlers() {}

  /**
   * Unpacks an archive and chooses its handler; starts the engine, if it does not run yet.
   *
   * @param configFile the server's configuration; empty for its defaults
   * @param url what the archive is called in the store
   */
  public static ChosenHandler choose(Optional<Path> configFile, Path store, String url) {
    ServerConfig config =
        new ConfigLoader(
                Runtime.getRuntime().maxMemory(),
                Path.of(System.getProperty("java.io.tmpdir")),
                Path.of(""),
                System.getenv())
            .load(new Overrides(configFile, Optional.of(store), List.of()));
    TorchEngine engine = TorchEngine.start(config.engine());
    engine.await();
    BuiltInHandlers handlers = BuiltInHandlers.of(config, engine);
    Clock clock = Clock.systemUTC();
    MetricRegistry metrics = new MetricRegistry(config.metrics().mode(), clock);
    PoolTools tools =
        new PoolTools(
            new InferenceMetrics(metrics, Machine.hostName()),
            () -> 0,
            new ManualTimer(),
            clock,
            System::nanoTime,
            new NoAttendance());
    return ChosenHandler.of(
        new ModelStore(config.store()),
        url,
        handlers.loader(),
        handlers.recogniser(),
        config.models(),
        tools);
  }
}
