package dev.sconce.archive;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one archive on disk: unpacked when it is opened, deleted when the last one who
 * borrowed them has given them back, and unpacked again for the next one. So a model's weights take
 * room beside its archive only while they are being loaded.
 *
 * <p>Safe from any thread; blocks while files are written, as all have to wait for them who ask.
 */
final class UnpackedArchive implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(UnpackedArchive.class);

  private final String name;
  private final HeldFile file;
  private final SafeExtractor extractor;
  private final Path parent;

  /** Changed with this object's lock held, as is the number of loans. */
  private volatile @Nullable TemporaryDirectory unpacked;

  private int loans;
  private volatile boolean closed;

  private UnpackedArchive(String name, HeldFile file, Path parent, ExtractionLimits limits) {
    this.name = name;
    this.file = file;
    this.parent = parent;
    this.extractor = new SafeExtractor(name, limits);
  }

  /**
   * Unpacks {@code file}. If that fails, nothing stays behind.
   *
   * @param name the archive's name, for messages
   * @param parent where a fresh directory is made, each time, that only this user may enter
   */
  static UnpackedArchive open(String name, Path file, Path parent, ExtractionLimits limits) {
    UnpackedArchive archive = new UnpackedArchive(name, held(name, file), parent, limits);
    try {
      archive.unpacked = archive.unpack();
      return archive;
    } catch (RuntimeException | Error e) {
      archive.close();
      throw e;
    }
  }

  private static HeldFile held(String name, Path file) {
    try {
      return HeldFile.open(file);
    } catch (IOException e) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL, name + ": cannot be read: " + Shown.reason(e), e);
    }
  }

  /**
   * Has the files lie there until {@link #giveBack} has been called as often as this.
   *
   * @return where
   * @throws ServingException {@code INTERNAL} if they have to be unpacked again and the archive has
   *     been written to
   */
  synchronized Path take() {
    @Nullable TemporaryDirectory there = unpacked;
    if (there == null) {
      requireUnchanged();
      there = unpack();
      unpacked = there;
      requireOpen(there);
    }
    loans++;
    return there.path();
  }

  /** Where the files are that were unpacked first. */
  Path first() {
    @Nullable TemporaryDirectory there = unpacked;
    if (there == null) {
      throw new IllegalStateException(name + ": not borrowed");
    }
    return there.path();
  }

  private TemporaryDirectory unpack() {
    TemporaryDirectory directory = new TemporaryDirectory(parent);
    try {
      extractor.extract(file, directory.path());
      return directory;
    } catch (RuntimeException | Error e) {
      directory.close();
      throw e;
    }
  }

  private void requireUnchanged() {
    try {
      if (!file.wasChanged()) {
        return;
      }
    } catch (IOException e) {
      throw needed("but cannot be looked at: " + Shown.reason(e));
    }
    throw needed(
        "but was written to since its model was registered (expected: as it was; unregister the model and register it anew)");
  }

  /** Nobody waits for an archive that is unpacked, to close it. */
  private void requireOpen(TemporaryDirectory directory) {
    if (closed) {
      directory.close();
      throw needed("but its model is not served any more");
    }
  }

  /** The operator's fault, not that of who asks for a prediction. */
  private ServingException needed(String why) {
    return new ServingException(ErrorCode.INTERNAL, name + ": needed again, " + why);
  }

  synchronized void giveBack() {
    loans--;
    @Nullable TemporaryDirectory there = unpacked;
    if (loans == 0 && there != null) {
      unpacked = null;
      there.close();
    }
  }

  /** Deletes what is there, also if it is borrowed; nobody can borrow it any more. */
  @Override
  public void close() {
    closed = true;
    @Nullable TemporaryDirectory there = unpacked;
    if (there != null) {
      there.close();
    }
    try {
      file.close();
    } catch (IOException e) {
      log.warn("{}: cannot be closed", name, e);
    }
  }
}
