package dev.sconce;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;

/** What the server is told by the machine that it runs on, and the threads that it makes there. */
final class Machine {
  private Machine() {}

  /** As the jar's manifest has it; classes that lie about have none. */
  static String version() {
    return Optional.ofNullable(Machine.class.getPackage().getImplementationVersion())
        .orElse("unknown");
  }

  static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }

  static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /** Whether the temporary directory is one in memory, as {@code docker run --tmpfs} makes it. */
  static boolean temporaryFilesTakeMemory() {
    try {
      Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
      return Set.of("tmpfs", "ramfs").contains(Files.getFileStore(temporary).type());
    } catch (IOException e) {
      return false;
    }
  }

  /** Makes threads that do not keep the process alive. */
  static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
