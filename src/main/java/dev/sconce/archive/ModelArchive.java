package dev.sconce.archive;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An opened archive: the model's files, and what its manifest and configuration say. Safe from any
 * thread; whoever opened it closes it, once nobody needs its files any more.
 *
 * <p>What was unpacked takes room besides the archive itself, in memory even where the temporary
 * directory is one in memory, as in many containers. So it stays only until it has been used: see
 * {@link #borrow}.
 */
public final class ModelArchive implements AutoCloseable {
  private final String url;
  private final Path root;
  private final Path within;
  private final Manifest manifest;
  private final ModelConfig config;
  private final Optional<Downloaded> downloaded;
  private final Optional<UnpackedArchive> unpacked;

  ModelArchive(
      String url,
      Path root,
      Path within,
      Manifest manifest,
      ModelConfig config,
      Optional<Downloaded> downloaded,
      Optional<UnpackedArchive> unpacked) {
    this.url = url;
    this.root = root;
    this.within = within;
    this.manifest = manifest;
    this.config = config;
    this.downloaded = downloaded;
    this.unpacked = unpacked;
  }

  /** What the archive was opened as, to the letter. */
  public String url() {
    return url;
  }

  /**
   * The directory with the model's files, for whoever opened it: those of an archive are there
   * until the last {@link #borrow loan} ends. Only to be read: if the store holds the model as a
   * plain directory, it is that directory itself.
   */
  public Path directory() {
    return root.resolve(within);
  }

  /** The files for as long as they are needed. Safe from any thread. */
  public final class Loan implements AutoCloseable {
    private final Path directory;
    private final AtomicBoolean lent = new AtomicBoolean(true);

    private Loan(Path directory) {
      this.directory = directory;
    }

    /** The directory with the model's files; only to be read. */
    public Path directory() {
      return directory;
    }

    /** Gives the files back; a second time does nothing. */
    @Override
    public void close() {
      if (lent.getAndSet(false)) {
        unpacked.ifPresent(UnpackedArchive::giveBack);
      }
    }
  }

  /**
   * Has the files lie on disk until the loan is closed. When the last one is, what was unpacked is
   * deleted; the next one unpacks it again, elsewhere. Blocks while that is done. An archive that
   * was deleted or replaced since is still the one that was opened.
   *
   * @throws dev.sconce.error.ServingException {@code INTERNAL} if they have to be unpacked again
   *     and the archive was written to since
   */
  public Loan borrow() {
    Path lent = unpacked.map(UnpackedArchive::take).orElse(root);
    return new Loan(lent.resolve(within));
  }

  /** Has the files stay until the archive is closed. */
  public void keep() {
    unpacked.ifPresent(UnpackedArchive::take);
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

  /**
   * Deletes what was unpacked, borrowed or not, for good; a plain directory of the store stays as
   * it is.
   */
  @Override
  public void close() {
    unpacked.ifPresent(UnpackedArchive::close);
  }
}
