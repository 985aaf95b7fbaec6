package dev.sconce.archive;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;

/**
 * Refuses a plain directory if anything in it leads out of the store, or is neither a file nor a
 * directory. Links inside the store are fine: mounted Kubernetes volumes consist of them.
 */
final class LinkGuard extends SimpleFileVisitor<Path> {
  private final String name;
  private final Path directory;
  private final Path store;

  private LinkGuard(String name, Path directory, Path store) {
    this.name = name;
    this.directory = directory;
    this.store = store;
  }

  /**
   * Checks everything below {@code directory}, also behind links.
   *
   * @param name the directory's name, for messages
   * @param store the store's real path
   * @throws ServingException with {@link ErrorCode#INVALID_MODEL}
   */
  static void check(String name, Path directory, Path store) {
    EnumSet<FileVisitOption> behindLinks = EnumSet.of(FileVisitOption.FOLLOW_LINKS);
    try {
      Files.walkFileTree(
          directory, behindLinks, Integer.MAX_VALUE, new LinkGuard(name, directory, store));
    } catch (IOException e) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL, name + ": cannot be read: " + Shown.reason(e), e);
    }
  }

  @Override
  public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
      throws IOException {
    return checkInside(path);
  }

  @Override
  public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
    if (attributes.isOther()) {
      throw refused(path, "a device or pipe (expected: files and directories only)");
    }
    return checkInside(path);
  }

  @Override
  public FileVisitResult visitFileFailed(Path path, IOException failure) {
    throw refused(path, "cannot be read: " + Shown.reason(failure));
  }

  private FileVisitResult checkInside(Path path) throws IOException {
    if (!path.toRealPath().startsWith(store)) {
      throw refused(path, "a link that leaves the model store");
    }
    return FileVisitResult.CONTINUE;
  }

  private ServingException refused(Path path, String why) {
    return new ServingException(
        ErrorCode.INVALID_MODEL,
        name + ": " + Shown.value(directory.relativize(path)) + ": " + why);
  }
}
