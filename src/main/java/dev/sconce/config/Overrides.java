package dev.sconce.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the command line says; it wins over the file.
 *
 * @param configFile the file to read; none for {@code config.properties} in the current directory,
 *     if there is one
 * @param modelStore the directory models are taken from
 * @param models what to load: {@code all}, or {@code a.mar} and {@code b=c.mar}
 */
public record Overrides(Optional<Path> configFile, Optional<Path> modelStore, List<String> models) {
  /** Nothing said. */
  public static final Overrides NONE = new Overrides(Optional.empty(), Optional.empty(), List.of());

  /** Copies the list. */
  public Overrides {
    models = List.copyOf(models);
  }
}
