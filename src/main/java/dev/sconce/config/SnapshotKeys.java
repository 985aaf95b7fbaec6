package dev.sconce.config;

import dev.sconce.snapshot.Snapshot;
import dev.sconce.snapshot.SnapshotSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a configuration says of snapshots, be it itself one or not. */
final class SnapshotKeys {
  private SnapshotKeys() {}

  /**
   * The settings.
   *
   * @param file all keys of the file
   */
  static SnapshotSettings read(KeyReader keys, Map<String, String> file, Overrides overrides) {
    Map<String, String> kept = new HashMap<>(file);
    kept.remove(Snapshot.KEY);
    kept.putAll(overrides.keys());
    return new SnapshotSettings(overrides.snapshots(), restored(keys), kept);
  }

  private static Optional<Snapshot> restored(KeyReader keys) {
    Optional<String> text = keys.text(Snapshot.KEY);
    // TorchServe's snapshots say where they come from.
    keys.text("version");
    keys.text("tsConfigFile");
    try {
      return text.map(Snapshot::parse);
    } catch (IllegalArgumentException e) {
      keys.fault(Snapshot.KEY, String.valueOf(e.getMessage()), "what TorchServe or Sconce wrote");
      return Optional.empty();
    }
  }
}
