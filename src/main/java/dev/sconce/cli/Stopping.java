package dev.sconce.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.ExitCode;

/** {@code torchserve --stop}: sends the running server SIGTERM and waits for its end. */
final class Stopping {
  /** Twice what the server leaves to requests that are in work. */
  private static final int LONGEST_SECONDS = 60;

  private final PidFile pidFile;
  private final PrintWriter out;

  Stopping(PidFile pidFile, PrintWriter out) {
    this.pidFile = pidFile;
    this.out = out;
  }

  /** Stops it; the texts are TorchServe's. */
  int run() throws IOException, InterruptedException {
    Optional<ProcessHandle> found = pidFile.server();
    if (found.isEmpty()) {
      return say("TorchServe is not currently running.", ExitCode.OK);
    }
    ProcessHandle server = found.get();
    if (!server.destroy() && server.isAlive()) {
      return say(
          "Process " + server.pid() + " cannot be stopped (expected: one of this user's)",
          ExitCode.SOFTWARE);
    }
    try {
      server.onExit().get(LONGEST_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      return say("Stopping TorchServe took too long.", ExitCode.SOFTWARE);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
    pidFile.remove(server);
    Files.deleteIfExists(Path.of("key_file.json"));
    return say("TorchServe has stopped.", ExitCode.OK);
  }

  private int say(String text, int exitCode) {
    out.println(text);
    out.flush();
    return exitCode;
  }
}
