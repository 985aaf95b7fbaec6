package dev.sconce.archive;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An archive on its way into the store. It is written into a hidden file beside, and has its name
 * only once it is whole. Closed without {@link #keep}, it leaves nothing behind. Belongs to one
 * thread.
 */
public final class Arrival implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Arrival.class);
  static final String PARTIAL = ".partial";

  private final Path file;
  private final Path partial;
  private final Runnable onClose;
  private final MessageDigest digest = Downloaded.sha256();
  private final OutputStream out;

  private Arrival(Path file, Runnable onClose) throws IOException {
    this.file = file;
    this.onClose = onClose;
    this.partial =
        file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID() + PARTIAL);
    this.out =
        new DigestOutputStream(
            Files.newOutputStream(partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            digest);
  }

  /** The names that are taken by archives on their way. Safe for use by several threads. */
  static final class Names {
    private final Set<Path> taken = ConcurrentHashMap.newKeySet();

    /**
     * An archive that is to become {@code file}.
     *
     * @throws ServingException {@code INTERNAL} if there is such a file, or will be soon; {@code
     *     DOWNLOAD_FAILED} if the store cannot be written to
     */
    Arrival of(Path file) {
      if (!taken.add(file)) {
        throw exists(file, " (it is being downloaded)");
      }
      try {
        if (Files.exists(file)) {
          throw exists(file, "");
        }
        return new Arrival(file, () -> taken.remove(file));
      } catch (IOException e) {
        taken.remove(file);
        throw unwritable(e);
      } catch (RuntimeException e) {
        taken.remove(file);
        throw e;
      }
    }
  }

  /** Where its bytes go. */
  public OutputStream out() {
    return out;
  }

  /** How many bytes the store's disk has room for. */
  public long freeBytes() {
    try {
      return Files.getFileStore(partial).getUsableSpace();
    } catch (IOException e) {
      return Long.MAX_VALUE; // the disk itself will say when it is full
    }
  }

  /**
   * Gives it its name: it is whole.
   *
   * @param from where it came from, as messages show it
   * @throws ServingException {@code INTERNAL} if somebody else took the name meanwhile; {@code
   *     DOWNLOAD_FAILED} if the store cannot be written to
   */
  public Downloaded keep(String from) {
    try {
      out.close();
      if (Files.exists(file)) {
        throw exists(file, "");
      }
      // First: so that it is never there without.
      Downloaded.mark(file, from, digest.digest());
      move();
      return new Downloaded(file, from, Files.size(file), Files.getLastModifiedTime(file));
    } catch (FileAlreadyExistsException e) {
      throw exists(file, "");
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private void move() throws IOException {
    boolean moved = false;
    try {
      Files.move(partial, file);
      moved = true;
    } finally {
      if (!moved) {
        Downloaded.unmark(file);
      }
    }
  }

  /** Deletes what came, if it has no name, and lets others have that name. */
  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      log.debug("{}: {}", partial, Shown.reason(e)); // the disk is full: it is deleted anyway
    }
    try {
      Files.deleteIfExists(partial);
    } catch (IOException e) {
      log.warn("{} cannot be deleted", partial, e);
    } finally {
      onClose.run();
    }
  }

  private static ServingException exists(Path file, String why) {
    return new ServingException(
        ErrorCode.INTERNAL, "Model file already exists " + file.getFileName() + why);
  }

  private static ServingException unwritable(IOException e) {
    return new ServingException(
        ErrorCode.DOWNLOAD_FAILED, "Model store cannot be written to: " + Shown.reason(e), e);
  }
}
