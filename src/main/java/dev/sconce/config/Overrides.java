package dev.sconce.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the command line says; it wins over the file.
 *
 * @param configFile the file to read; none for the newest snapshot, else {@code config.properties}
 *     in the current directory, if there is one and this is no container
 * @param snapshots the directory of snapshots; none to read and write none
 * @param sageMakerLocal the directory that stands in for S3, for SageMaker's runtime client
 * @param container the root directory of the container that the server is the service of: what is
 *     not said is then as SageMaker has it, whose variables count; empty if it is in none
 * @param keys keys that stand in for those of the file
 */
public record Overrides(
    Optional<Path> configFile,
    Optional<Path> snapshots,
    Optional<Path> sageMakerLocal,
    Optional<Path> container,
    Map<String, String> keys) {
  /** Nothing said. */
  public static final Overrides NONE = new Overrides(Optional.empty(), Optional.empty(), List.of());

  /**
   * Without snapshots.
   *
   * @param modelStore the directory models are taken from
   * @param models what to load: {@code all}, or {@code a.mar} and {@code b=c.mar}
   */
  public Overrides(Optional<Path> configFile, Optional<Path> modelStore, List<String> models) {
    this(configFile, Optional.empty(), keys(modelStore, models));
  }

  /** Without SageMaker's runtime client, and in no container. */
  public Overrides(Optional<Path> configFile, Optional<Path> snapshots, Map<String, String> keys) {
    this(configFile, snapshots, Optional.empty(), Optional.empty(), keys);
  }

  /** Copies the map. */
  public Overrides {
    keys = Map.copyOf(keys);
  }

  /** The keys that stand for a model store and for what to load from it. */
  public static Map<String, String> keys(Optional<Path> modelStore, List<String> models) {
    Map<String, String> keys = new TreeMap<>();
    modelStore.ifPresent(store -> keys.put("model_store", store.toString()));
    if (!models.isEmpty()) {
      keys.put("load_models", String.join(",", models));
    }
    return keys;
  }
}
