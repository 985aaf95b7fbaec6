package dev.sconce.archive;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * The files of one archive on disk: unpacked when it is opened, deleted when the last one who
 * borrowed them has given them back, and unpacked again, to the same place, for the next one. So a
 * model's weights take room beside its archive only while they are being loaded.
 *
 * <p>Safe from any thread; blocks while files are written.
 */
final class UnpackedArchive implements AutoCloseable {
  private final String name;
  private final Path file;
  private final SafeExtractor extractor;
  private final TemporaryDirectory directory;
  private final State unpacked;

  /** What follows belongs to this object's lock. */
  private boolean isThere;

  private int loans;
  private boolean closed;

  /** What tells a file from the one that was there before. */
  private record State(long size, FileTime modified, @Nullable Object key) {
    static State of(Path file) throws IOException {
      BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
      return new State(facts.size(), facts.lastModifiedTime(), facts.fileKey());
    }
  }

  /**
   * Unpacks {@code file}. If that fails, nothing stays behind.
   *
   * @param name the archive's name, for messages
   * @param parent where a fresh directory is made that only this user may enter
   */
  UnpackedArchive(String name, Path file, Path parent, ExtractionLimits limits) {
    this.name = name;
    this.file = file;
    this.extractor = new SafeExtractor(name, limits);
    this.directory = new TemporaryDirectory(parent);
    try {
      unpacked = State.of(file);
      extractor.extract(file, directory.path());
      isThere = true;
    } catch (IOException e) {
      directory.close();
      throw refused("cannot be read: " + Shown.reason(e));
    } catch (RuntimeException | Error e) {
      directory.close();
      throw e;
    }
  }

  /** Where the files are while they are there. */
  Path directory() {
    return directory.path();
  }

  /**
   * Has the files lie there until {@link #giveBack} has been called as often as this.
   *
   * @throws ServingException {@code INVALID_MODEL} if they have to be unpacked again and the
   *     archive is not there any more, or is another one
   */
  synchronized void take() {
    if (closed) {
      throw refused("its model is not served any more");
    }
    if (!isThere) {
      unpackAgain();
    }
    loans++;
  }

  private void unpackAgain() {
    requireUnchanged();
    try {
      extractor.extract(file, directory.path());
      requireUnchanged();
      isThere = true;
    } finally {
      if (!isThere) {
        directory.clear();
      }
    }
  }

  private void requireUnchanged() {
    try {
      if (State.of(file).equals(unpacked)) {
        return;
      }
    } catch (IOException e) {
      throw refused("needed again, but cannot be read: " + Shown.reason(e));
    }
    throw refused(
        "needed again, but another file by now (expected: the one that the model was registered with; unregister the model and register it anew)");
  }

  synchronized void giveBack() {
    loans--;
    if (loans == 0 && !closed) {
      directory.clear();
      isThere = false;
    }
  }

  /** Deletes what is there, also if it is borrowed; nobody can borrow it any more. */
  @Override
  public synchronized void close() {
    closed = true;
    directory.close();
  }

  private ServingException refused(String why) {
    return new ServingException(ErrorCode.INVALID_MODEL, name + ": " + why);
  }
}
