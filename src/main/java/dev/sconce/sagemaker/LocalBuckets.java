package dev.sconce.sagemaker;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A directory in the place of S3: {@code s3://bucket/key} is {@code directory/bucket/key}.
 *
 * <p>Nothing outside it is read or written: locations have no {@code ..}, and links inside it are
 * not followed, neither as a file nor on the way to one. (Whoever may write there and exchanges a
 * directory for a link at the right moment could lead a write astray; that is whoever started the
 * server.) Blocks; safe from any thread.
 */
final class LocalBuckets {
  private final Path root;

  private LocalBuckets(Path root) {
    this.root = root;
  }

  /**
   * Opens a directory, which is made if it is not there; it may be a link itself.
   *
   * @throws ServingException {@code INVALID_CONFIGURATION} if it is none and cannot be made, or
   *     nothing can be written there
   */
  static LocalBuckets in(Path directory) {
    try {
      if (!Files.exists(directory)) {
        Files.createDirectories(directory);
      } else if (!Files.isDirectory(directory)) {
        throw unusable(directory, "is no directory");
      } else if (!Files.isWritable(directory)) {
        throw unusable(directory, "cannot be written to");
      }
      return new LocalBuckets(directory.toRealPath());
    } catch (IOException e) {
      throw unusable(directory, "cannot be made: " + reason(e));
    }
  }

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    @Nullable String told = e instanceof FileSystemException failure ? failure.getReason() : null;
    return told == null ? "" + e.getMessage() : told;
  }

  private static ServingException unusable(Path directory, String why) {
    return new ServingException(
        ErrorCode.INVALID_CONFIGURATION,
        "--sagemaker-local: %s %s (expected: a directory to write to, or where one can be made)"
            .formatted(directory, why));
  }

  /**
   * The bytes of a file.
   *
   * @throws ServingException {@code BAD_REQUEST} if there is no such file, {@code
   *     PAYLOAD_TOO_LARGE} if it has more than {@code maxBytes}
   */
  byte[] read(S3Location location, int maxBytes) throws IOException {
    Path file = path(location);
    if (!leadsThroughDirectories(file)
        || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) { // a pipe would block
      throw new ServingException(
          ErrorCode.BAD_REQUEST, "%s: no such file (expected at: %s)".formatted(location, file));
    }
    try (SeekableByteChannel channel =
            Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        InputStream in = Channels.newInputStream(channel)) {
      if (channel.size() > maxBytes) {
        throw new ServingException(
            ErrorCode.PAYLOAD_TOO_LARGE,
            "%s: %d bytes (expected: at most max_request_size, %d)"
                .formatted(location, channel.size(), maxBytes));
      }
      return in.readNBytes(maxBytes);
    }
  }

  /**
   * Begins a file, which is there once it is whole; directories are made as needed.
   *
   * @throws ServingException {@code BAD_REQUEST} if something else than a directory is in the way
   */
  Upload create(S3Location location) throws IOException {
    Path file = path(location);
    Path directory = root;
    for (Path name : root.relativize(file.getParent())) {
      directory = directory.resolve(name);
      makeDirectory(directory, location);
    }
    return Upload.to(file);
  }

  private static void makeDirectory(Path directory, S3Location location) throws IOException {
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      if (!isDirectory(directory)) {
        throw new ServingException(
            ErrorCode.BAD_REQUEST,
            "%s: %s is in the way (expected: a directory)".formatted(location, directory),
            e);
      }
    }
  }

  private boolean leadsThroughDirectories(Path file) {
    for (Path above = root; above.getNameCount() < file.getNameCount(); ) {
      if (!isDirectory(above)) {
        return false;
      }
      above = above.resolve(file.getName(above.getNameCount()));
    }
    return true;
  }

  private static boolean isDirectory(Path path) {
    return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  private Path path(S3Location location) {
    try {
      Path path = root.resolve(location.bucket());
      for (String name : location.key()) {
        path = path.resolve(name);
      }
      if (path.startsWith(root)
          && path.equals(path.normalize())
          && path.getNameCount() == root.getNameCount() + 1 + location.key().size()) {
        return path;
      }
    } catch (InvalidPathException e) {
      // told below: what this system takes for a name is its own affair
    }
    throw new ServingException(
        ErrorCode.BAD_REQUEST, location + " (expected: names that files can have here)");
  }
}
