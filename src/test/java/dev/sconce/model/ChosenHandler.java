package dev.sconce.model;

import dev.sconce.archive.ModelArchive;
import dev.sconce.archive.ModelStore;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Device;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerLoader;
import dev.sconce.handler.HandlerOpener;
import dev.sconce.handler.HandlerRecogniser;
import dev.sconce.handler.SharedResources;
import dev.sconce.worker.PoolTools;
import java.util.Optional;

/**
 * The handler that a server chooses for an archive of its store, opened as its workers open it, on
 * the CPU, without workers. For benchmarks. Safe from any thread.
 */
public final class ChosenHandler implements AutoCloseable {
  private final ModelArchive archive;
  private final HandlerChoice choice;
  private final HandlerOpener opener;
  private final SharedResources shared = new SharedResources();

  private ChosenHandler(ModelArchive archive, HandlerChoice choice, HandlerOpener opener) {
    this.archive = archive;
    this.choice = choice;
    this.opener = opener;
  }

  /**
   * Unpacks an archive and chooses.
   *
   * @param url what the archive is called in the store
   * @throws ServingException as a registration
   */
  public static ChosenHandler of(
      ModelStore store,
      String url,
      HandlerLoader loader,
      HandlerRecogniser recogniser,
      ModelSettings settings,
      PoolTools tools) {
    ModelArchive archive = store.open(url);
    HandlerChoice choice =
        new HandlerChoice.Rule(loader, recogniser, settings)
            .choose(Registration.atStartup(url, Optional.empty()), archive);
    if (choice.source().classes().isPresent()) {
      archive.keep();
    }
    ModelKey key = new ModelKey(archive.manifest().modelName(), archive.manifest().modelVersion());
    Hardware cpu = new Hardware(Runtime.getRuntime().availableProcessors(), 0, "not asked");
    ModelAssembly assembly = new ModelAssembly(loader, recogniser, settings, () -> cpu, tools);
    return new ChosenHandler(archive, choice, assembly.opener(key, archive, choice));
  }

  /** The handler's name. */
  public String name() {
    return choice.source().name();
  }

  /**
   * A new handler, initialized; they share their weights.
   *
   * @throws Exception what it threw when it was initialized
   */
  public Handler<?, ?> open() throws Exception {
    return opener.open(Device.CPU, shared);
  }

  /** What the opened handlers share. */
  public SharedResources shared() {
    return shared;
  }

  /** Frees what they share and deletes the unpacked files; the handlers are closed by then. */
  @Override
  public void close() {
    try (archive) {
      shared.close();
      choice.source().close();
    }
  }
}
