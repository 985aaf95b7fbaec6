package dev.sconce.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine;

/**
 * Picks the command, {@code torchserve}, {@code serve} or {@code torch-model-archiver}, then its
 * arguments.
 */
public final class Main {
  private static final Path CONTAINER = Path.of("/");

  private Main() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] arguments) {
    String name = arguments.length == 0 ? "" : arguments[0];
    Optional<CommandLine> command = command(name);
    if (command.isEmpty()) {
      System.err.println(
          "sconce: no command \""
              + name
              + "\" (expected: torchserve, serve or torch-model-archiver)");
      System.exit(CommandLine.ExitCode.USAGE);
    }
    String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
    System.exit(command.orElseThrow().execute(rest));
  }

  private static Optional<CommandLine> command(String name) {
    return switch (name) {
      case "torchserve" -> Optional.of(ServerCommand.commandLine());
      case "serve" -> Optional.of(ServeCommand.commandLine(CONTAINER));
      case "torch-model-archiver" ->
          Optional.of(
              ArchiverCommand.commandLine(Path.of(""), Clock.system(ZoneId.systemDefault())));
      default -> Optional.empty();
    };
  }
}
