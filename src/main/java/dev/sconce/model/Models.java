package dev.sconce.model;

import dev.sconce.archive.ModelStore;
import dev.sconce.download.Downloads;
import dev.sconce.handler.HandlerLoader;
import dev.sconce.handler.HandlerRecogniser;
import dev.sconce.worker.PoolTools;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The room's doors, opened on one registry.
 *
 * @param lifecycle registers, scales, unregisters
 * @param inference sends requests to models
 * @param catalog tells what is registered
 */
public record Models(ModelLifecycle lifecycle, InferenceService inference, ModelCatalog catalog) {

  /**
   * An empty registry with its doors.
   *
   * @param hardware is asked once an archive is open; may block until it is known
   * @param executor runs what may block: unpacking, reading weights
   */
  public static Models create(
      ModelStore store,
      Downloads downloads,
      HandlerLoader handlers,
      HandlerRecogniser recogniser,
      ModelSettings settings,
      Supplier<Hardware> hardware,
      PoolTools tools,
      Executor executor) {
    ModelRegistry registry = new ModelRegistry();
    ModelAssembly assembly = new ModelAssembly(handlers, recogniser, settings, hardware, tools);
    return new Models(
        new ModelLifecycle(
            new Archives(store, downloads, registry),
            assembly,
            registry,
            settings,
            tools.timer(),
            executor),
        new InferenceService(registry, handlers.explainingNames(), tools.nanoClock()),
        new ModelCatalog(registry));
  }
}
