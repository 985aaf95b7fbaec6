package dev.sconce.http;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The file of a unix socket, before and after it is listened on. */
final class SocketFile {
  private static final int TYPE_OF_FILE = 0xF000;
  private static final int SOCKET = 0xC000;

  private SocketFile() {}

  /**
   * Removes what a killed server left behind. Whatever else lies there stays.
   *
   * @throws ServingException {@code INTERNAL} if the path is taken
   */
  static void makeWay(Path path) {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      if (!isSocket(path)) {
        throw taken(path, "there is a file that is no socket");
      }
      if (isListenedOn(path)) {
        throw taken(path, "Address already in use");
      }
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new ServingException(
          ErrorCode.INTERNAL, "cannot listen on unix:" + path + ": " + e.getMessage(), e);
    }
  }

  /** Owner and group may connect, as far as the file system knows such a thing. */
  static void protect(Path path) throws IOException {
    try {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
    } catch (UnsupportedOperationException e) {
      return; // no POSIX file system
    }
  }

  private static boolean isSocket(Path path) throws IOException {
    Object mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    return mode instanceof Integer bits && (bits & TYPE_OF_FILE) == SOCKET;
  }

  private static boolean isListenedOn(Path path) throws IOException {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return probe.connect(UnixDomainSocketAddress.of(path));
    } catch (ConnectException e) {
      return false;
    }
  }

  private static ServingException taken(Path path, String reason) {
    return new ServingException(
        ErrorCode.INTERNAL, "cannot listen on unix:" + path + ": " + reason);
  }
}
