package dev.sconce.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that names the process of the running server, where TorchServe keeps it: {@code
 * .model_server.pid} in the directory for temporary files. Its number may outlive the server and be
 * another program's by now: one that started after the file was written.
 */
final class PidFile {
  private static final Logger log = LoggerFactory.getLogger(PidFile.class);
  private static final Pattern OURS =
      Pattern.compile("(sconce\\S*\\.jar|" + Pattern.quote(Main.class.getName()) + ") torchserve ");

  private final Path file;

  /**
   * The file, be it there or not.
   *
   * @param directory for temporary files
   */
  PidFile(Path directory) {
    this.file = directory.resolve(".model_server.pid");
  }

  /** The running server, unless it is this process. */
  Optional<ProcessHandle> server() {
    return number()
        .filter(pid -> pid != ProcessHandle.current().pid())
        .flatMap(ProcessHandle::of)
        .filter(process -> started(process) || isServer(process));
  }

  /** Whether it was there when the file was written. */
  private boolean started(ProcessHandle process) {
    try {
      Instant written = Files.getLastModifiedTime(file).toInstant();
      return process.info().startInstant().filter(start -> !start.isAfter(written)).isPresent();
    } catch (IOException e) {
      return false; // the server has just ended
    }
  }

  /** By its command line, since a clock that was put forward makes processes look younger. */
  private static boolean isServer(ProcessHandle process) {
    return OURS.matcher(process.info().commandLine().orElse("") + " ").find();
  }

  private Optional<Long> number() {
    try {
      return Optional.of(Long.valueOf(Files.readString(file).strip()));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty(); // none, or none that a server wrote
    }
  }

  /** Names this process; where that is not possible, the server runs all the same. */
  void write() {
    try {
      Files.writeString(file, Long.toString(ProcessHandle.current().pid()));
    } catch (IOException e) {
      log.warn("{} cannot be written: torchserve --stop will not find this server", file, e);
    }
  }

  /** Takes it away if it names {@code process}. */
  void remove(ProcessHandle process) {
    if (number().filter(pid -> pid == process.pid()).isPresent()) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        log.debug("{} stays", file, e); // the next start sees that its process is gone
      }
    }
  }
}
