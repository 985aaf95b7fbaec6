package dev.sconce.archive;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A directory that only this user may enter and that is gone once it is closed. */
final class TemporaryDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TemporaryDirectory.class);

  private final Path path;

  /**
   * Makes a fresh one.
   *
   * @throws ServingException with {@link ErrorCode#INTERNAL} if it cannot be made
   */
  TemporaryDirectory(Path parent) {
    try {
      Files.createDirectories(parent);
      // On POSIX file systems with rights 0700.
      path = Files.createTempDirectory(parent, "sconce-model-");
    } catch (IOException e) {
      throw new ServingException(
          ErrorCode.INTERNAL, "no directory to unpack into: " + Shown.reason(e), e);
    }
  }

  Path path() {
    return path;
  }

  /** Deletes it with all it holds; once is enough, twice does no harm. */
  @Override
  public void close() {
    try {
      delete(path);
    } catch (IOException e) {
      LOG.warn("cannot delete what was unpacked into {}", path, e);
    }
  }

  /** Deletes a directory with all it holds, if it exists. */
  static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      Files.walkFileTree(directory, new Deleter());
    }
  }

  /** Deletes what it visits, and of links the link. */
  private static final class Deleter extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.delete(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
