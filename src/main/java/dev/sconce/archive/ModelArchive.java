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
  private final Path directory;
  private final Manifest manifest;
  private final ModelConfig config;
  private final Optional<Downloaded> downloaded;
  private final Optional<UnpackedArchive> unpacked;

  ModelArchive(
      String url,
      Path directory,
      Manifest manifest,
      ModelConfig config,
      Optional<Downloaded> downloaded,
      Optional<UnpackedArchive> unpacked) {
    this.url = url;
    this.directory = directory;
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
   * The directory with the model's files. Only to be read: if the store holds the model as a plain
   * directory, it is that directory itself. The files of an archive are there from the start until
   * the last loan ends, and then during each later {@link #borrow loan}.
   */
  public Path directory() {
    return directory;
  }

  /** For as long as the files are needed. */
  public interface Loan extends AutoCloseable {
    /** Gives the files back; a second time does nothing. */
    @Override
    void close();
  }

  /**
   * Has the files lie in {@link #directory} until the loan is closed. When the last one is, what
   * was unpacked is deleted; the next one unpacks it again. Blocks while that is done.
   *
   * @throws dev.sconce.error.ServingException {@code INVALID_MODEL} if they have to be unpacked
   *     again and the archive is not there any more, or is another one by now
   */
  public Loan borrow() {
    unpacked.ifPresent(UnpackedArchive::take);
    AtomicBoolean lent = new AtomicBoolean(true);
    return () -> {
      if (lent.getAndSet(false)) {
        unpacked.ifPresent(UnpackedArchive::giveBack);
      }
    };
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
