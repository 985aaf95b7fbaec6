package dev.sconce.cli;

import dev.sconce.error.ServingException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * How every command fails: one line on standard error that begins with its name, and exit code 2 if
 * the flags are wrong, else 1. A failure nobody foresaw is shown with its stack.
 */
final class OneLineFailures {
  private OneLineFailures() {}

  /** Makes {@code command} fail so. */
  static CommandLine on(CommandLine command) {
    return command
        .setParameterExceptionHandler(OneLineFailures::wrongFlags)
        .setExecutionExceptionHandler((e, failing, parsed) -> failed(e, failing));
  }

  private static int wrongFlags(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    command.getErr().println(command.getCommandName() + ": " + e.getMessage() + " (see --help)");
    return CommandLine.ExitCode.USAGE;
  }

  private static int failed(Exception e, CommandLine command) throws Exception {
    if (e instanceof ServingException) {
      command.getErr().println(command.getCommandName() + ": " + e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
    throw e;
  }
}
