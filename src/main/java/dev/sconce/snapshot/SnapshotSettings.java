package dev.sconce.snapshot;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Whether snapshots are written, and what is restored from one.
 *
 * @param directory where they are kept; empty for none
 * @param restored what is to be brought into service again
 * @param properties the configuration that a snapshot holds besides its models: keys and values as
 *     they were given
 */
public record SnapshotSettings(
    Optional<Path> directory, Optional<Snapshot> restored, Map<String, String> properties) {
  /** Copies the map. */
  public SnapshotSettings {
    properties = Map.copyOf(properties);
  }
}
