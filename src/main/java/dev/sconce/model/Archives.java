package dev.sconce.model;

import dev.sconce.archive.Arrival;
import dev.sconce.archive.Downloaded;
import dev.sconce.archive.ModelArchive;
import dev.sconce.archive.ModelStore;
import dev.sconce.download.ArchiveUrl;
import dev.sconce.download.Downloads;
import dev.sconce.error.ServingException;
import dev.sconce.model.Registration.Origin;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What models are made of: archives of the store, some of which have to be fetched into it first.
 * Safe from any thread.
 */
final class Archives {
  private final ModelStore store;
  private final Downloads downloads;
  private final ModelRegistry registry;

  Archives(ModelStore store, Downloads downloads, ModelRegistry registry) {
    this.store = store;
    this.downloads = downloads;
    this.registry = registry;
  }

  /**
   * An archive that is in the store.
   *
   * @param registration the call that asks for it, with a URL as it may be shown
   * @param name what the store has it as
   * @param fetched that it was fetched for this call, if it was
   */
  record Found(Registration registration, String name, Optional<Downloaded> fetched) {}

  /**
   * Fetches the archive if it is named by a URL. What the server's own start asks for may be there
   * from the last time; any other file of that name is not touched.
   *
   * @return completes on any thread; exceptionally with a {@link ServingException}
   */
  CompletableFuture<Found> find(Registration registration) {
    String url = registration.url();
    return ArchiveUrl.isOne(url)
        ? downloads.whenFree(() -> fetched(registration, downloads.permitted(url)))
        : CompletableFuture.completedFuture(new Found(registration, url, Optional.empty()));
  }

  private Found fetched(Registration registration, ArchiveUrl url) {
    Registration shown = registration.withUrl(url.toString());
    boolean again = registration.origin() != Origin.CALLER;
    if (again && store.origin(url.name()).equals(Optional.of(url.toString()))) {
      return new Found(shown, url.name(), Optional.empty());
    }
    try (Arrival arrival = store.receive(url.name())) {
      downloads.fetch(url, registration.signed(), arrival.out(), arrival.freeBytes());
      return new Found(shown, url.name(), Optional.of(arrival.keep(url.toString())));
    }
  }

  /** Opens it. The caller closes it. */
  ModelArchive open(Found found) {
    return store.open(found.name());
  }

  /** Deletes an archive that was downloaded, if no model that is registered was made of it. */
  void delete(Optional<Downloaded> downloaded) {
    downloaded.filter(archive -> !isUsed(archive)).ifPresent(Downloaded::delete);
  }

  private boolean isUsed(Downloaded archive) {
    return registry.all().keySet().stream()
        .anyMatch(model -> model.archive().downloaded().equals(Optional.of(archive)));
  }
}
