package dev.sconce.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the command line says; it wins over the file.
 *
 * @param configFile the file to read; none for the newest snapshot, else {@code config.properties}
 *     in the current directory, if there is one
 * @param modelStore the directory models are taken from
 * @param models what to load: {@code all}, or {@code a.mar} and {@code b=c.mar}
 * @param snapshots the directory of snapshots; none to read and write none
 */
public record Overrides(
    Optional<Path> configFile,
    Optional<Path> modelStore,
    List<String> models,
    Optional<Path> snapshots) {
  /** Nothing said. */
  public static final Overrides NONE = new Overrides(Optional.empty(), Optional.empty(), List.of());

  /** Without snapshots. */
  public Overrides(Optional<Path> configFile, Optional<Path> modelStore, List<String> models) {
    this(configFile, modelStore, models, Optional.empty());
  }

  /** Copies the list. */
  public Overrides {
    models = List.copyOf(models);
  }
}
