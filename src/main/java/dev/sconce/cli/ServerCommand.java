package dev.sconce.cli;

import dev.sconce.config.ServerConfig;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code torchserve}: starts and stops the server with the flags of the Python tool of that name.
 *
 * <p>Exits with 1 when it cannot start or stop and with 2 when the flags are wrong; in the
 * foreground with 0 when a signal told it to stop and what was in work has been answered.
 */
@Command(
    name = "torchserve",
    sortOptions = false,
    usageHelpWidth = 100,
    description = {"Serves the models of a model store over HTTP.", ""},
    footer = {
      "",
      "SIGTERM, or Ctrl-C, stops the server: it takes no more connections, gives up models that are",
      "loading, answers what is in work (30 seconds are left for that), and exits with 0. A second",
      "one ends it at once.",
      "",
      "The file .model_server.pid in the directory for temporary files, or in the one that TEMP",
      "names, holds the number of the server's process. One server runs for each such directory.",
      "",
      "Examples:",
      "  torchserve --start --ncs --model-store model-store --models all",
      "  curl http://127.0.0.1:8080/ping",
      "  torchserve --stop",
      "  torchserve --start --foreground --ncs --model-store model-store --models twin=twin.mar \\",
      "    --ts-config config.properties"
    })
final class ServerCommand implements Callable<Integer> {
  private static final Path LOGS = Path.of("logs");

  @Spec private @Nullable CommandSpec spec;

  @ArgGroup private Action action = new Action();

  /** What is to be done; without any of these the server starts, as in TorchServe. */
  static final class Action {
    @Option(names = "--start", description = "Start the server.")
    @SuppressWarnings("UnusedVariable") // what is neither of the others is this
    private boolean start;

    @Option(names = "--stop", description = "Stop the server, also one in the foreground.")
    private boolean stop;

    @Option(
        names = {"-v", "--version"},
        description =
            "Print the version of TorchServe that this server stands in for, and its own.")
    private boolean version;
  }

  @Option(
      names = "--foreground",
      description = {
        "Stay in the foreground, with the log on the terminal, until told to stop. Without it the"
            + " server runs in the background, with its log in its files alone, and this command"
            + " returns when the models are loaded."
      })
  private boolean foreground;

  @Option(
      names = {"--ncs", "--no-config-snapshots"},
      description = {
        "Neither write snapshots of the models in service nor start from the last one. They are in"
            + " logs/config, or config in the directory that LOG_LOCATION names."
      })
  private boolean noSnapshots;

  @Mixin private ServerOptions options = new ServerOptions();

  @Option(
      names = {"--workflow-store", "--cpp-log-config", "--plugins-path", "--ppath"},
      paramLabel = "<path>",
      description = "For TorchServe: here are no workflows, no C++ backend and no plugins.")
  private @Nullable String meaningless;

  @Option(names = BackgroundStart.FLAG, hidden = true)
  private boolean inBackground;

  static CommandLine commandLine() {
    return OneLineFailures.on(new CommandLine(new ServerCommand()))
        .setOverwrittenOptionsAllowed(true);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    PidFile pidFile = new PidFile(Running.temporaryDirectory());
    if (action.version) {
      return version();
    }
    if (action.stop) {
      return new Stopping(pidFile, command().getOut()).run();
    }
    if (!foreground) {
      return new BackgroundStart(command().getOut()).run(command().getParseResult().originalArgs());
    }
    options.check();
    if (meaningless != null) {
      say("Not used: " + meaningless + " (here are no workflows, no C++ backend and no plugins)");
    }
    if (pidFile.server().isPresent()) {
      say("TorchServe is already running, please use torchserve --stop to stop TorchServe.");
      say("(Beside it another one can run whose TEMP names another directory.)");
      return ExitCode.SOFTWARE;
    }
    return serve(pidFile);
  }

  private int version() {
    String own = ServerCommand.class.getPackage().getImplementationVersion();
    say("TorchServe Version is 0.12.0");
    say("That is the version whose API this is: Sconce " + (own == null ? "in development" : own));
    return ExitCode.OK;
  }

  private int serve(PidFile pidFile) throws InterruptedException {
    Running running = new Running(command().getOut(), options, System.getenv());
    ServerConfig config =
        running.config(
            options.overrides(
                noSnapshots ? Optional.empty() : Optional.of(snapshots()), Optional.empty()));
    if (config.store().modelStore().isEmpty()) {
      throw new ServingException(
          ErrorCode.INVALID_CONFIGURATION, "Missing mandatory parameter --model-store");
    }
    try {
      pidFile.write();
      return running.run(config, Optional.of(LOGS), this::loaded);
    } finally {
      pidFile.remove(ProcessHandle.current());
    }
  }

  private static Path snapshots() {
    String logs = System.getenv().getOrDefault("LOG_LOCATION", LOGS.toString());
    return Path.of(logs, "config");
  }

  private void loaded() {
    if (inBackground) {
      say(BackgroundStart.READY);
    }
  }

  private void say(String text) {
    PrintWriter out = command().getOut();
    out.println(text);
    out.flush();
  }

  private CommandLine command() {
    return Optional.ofNullable(spec).orElseThrow().commandLine();
  }
}
