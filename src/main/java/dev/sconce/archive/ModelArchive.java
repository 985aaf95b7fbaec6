package dev.sconce.archive;

import java.nio.file.Path;
import java.util.Optional;

/**
 * An opened archive: the model's files, and what its manifest and configuration say. Immutable, so
 * that any thread may read it; whoever opened it closes it, once nobody needs its files any more.
 */
public final class ModelArchive implements AutoCloseable {
  private final String url;
  private final Path directory;
  private final Manifest manifest;
  private final ModelConfig config;
  private final Optional<Downloaded> downloaded;
  private final Runnable onClose;

  ModelArchive(
      String url,
      Path directory,
      Manifest manifest,
      ModelConfig config,
      Optional<Downloaded> downloaded,
      Runnable onClose) {
    this.url = url;
    this.directory = directory;
    this.manifest = manifest;
    this.config = config;
    this.downloaded = downloaded;
    this.onClose = onClose;
  }

  /** What the archive was opened as, to the letter. */
  public String url() {
    return url;
  }

  /**
   * The directory with the model's files. Only to be read: if the store holds the model as a plain
   * directory, it is that directory itself.
   */
  public Path directory() {
    return directory;
  }

  /** What the manifest says. */
  public Manifest manifest() {
    return manifest;
  }

  /** What the model's own configuration says. */
  public ModelConfig config() {
    return config;
  }

  /** What the store remembers of an archive that was downloaded; empty if it is the user's own. */
  public Optional<Downloaded> downloaded() {
    return downloaded;
  }

  /** Deletes what was unpacked; a plain directory of the store stays as it is. */
  @Override
  public void close() {
    onClose.run();
  }
}
