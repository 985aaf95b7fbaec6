package dev.sconce.cli;

import dev.sconce.ModelServer;
import dev.sconce.config.ConfigLoader;
import dev.sconce.config.Overrides;
import dev.sconce.config.ServerConfig;
import dev.sconce.logs.LogSettings;
import dev.sconce.logs.ServerLogs;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code torchserve}: starts the server with the flags of the Python tool of that name.
 *
 * <p>Exits with 1 when it cannot start and with 2 when the flags are wrong; with 0 when a signal
 * told it to stop and what was in work has been answered.
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
      "Examples:",
      "  torchserve --start --foreground --ncs --model-store model-store --models all",
      "  torchserve --start --foreground --ncs --model-store model-store --models twin=twin.mar \\",
      "    --ts-config config.properties",
      "  curl http://127.0.0.1:8080/ping"
    })
final class ServerCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--start", description = "Start the server.")
  private boolean start;

  @Option(
      names = "--foreground",
      description = "Stay in the foreground, with the log on the terminal, until told to stop.")
  private boolean foreground;

  @Option(
      names = {"--ncs", "--no-config-snapshots"},
      description = {
        "Neither write snapshots of the models in service nor start from the last one. They are in"
            + " logs/config, or config in the directory that LOG_LOCATION names."
      })
  private boolean noSnapshots;

  @Option(
      names = "--model-store",
      paramLabel = "<directory>",
      description = "The directory models are taken from: .mar, .tar.gz, or plain directories.")
  private @Nullable Path modelStore;

  @Option(
      names = "--models",
      arity = "1..*",
      paramLabel = "<model>",
      description = "What to load: all, or names in the store, as in a.mar or name=b.mar.")
  private List<String> models = List.of();

  @Option(
      names = "--ts-config",
      paramLabel = "<file>",
      description =
          "The configuration. Default: the last snapshot, else config.properties in the current directory.")
  private @Nullable Path configFile;

  @Option(
      names = "--log-config",
      paramLabel = "<file>",
      description = "A Logback configuration that stands in for the server's own.")
  private @Nullable Path logConfig;

  @Option(
      names = "--when-ready",
      paramLabel = "<text>",
      description = {
        "Printed once all models are loaded: a line to try, for instance. {address} stands for what"
            + " curl takes to reach the inference API: http://127.0.0.1:8080"
      })
  private @Nullable String whenReady;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  @SuppressWarnings("UnusedVariable") // picocli looks at the option, not at the field
  private boolean help;

  static CommandLine commandLine() {
    return OneLineFailures.on(new CommandLine(new ServerCommand()))
        .setOverwrittenOptionsAllowed(true);
  }

  @Override
  public Integer call() throws InterruptedException {
    if (!start || !foreground) {
      throw new ParameterException(command(), "nothing to do (expected: --start --foreground)");
    }
    ServerConfig config =
        new ConfigLoader(
                Runtime.getRuntime().maxMemory(),
                Path.of(System.getProperty("java.io.tmpdir")),
                Path.of(""))
            .load(
                new Overrides(
                    Optional.ofNullable(configFile),
                    Optional.ofNullable(modelStore),
                    models,
                    noSnapshots ? Optional.empty() : Optional.of(snapshots())));
    LogSettings settings =
        LogSettings.of(config.logFormat(), System.getenv(), Optional.ofNullable(logConfig));
    ServerLogs logs = ServerLogs.open(settings);
    try {
      run(config);
    } finally {
      logs.close();
    }
    return CommandLine.ExitCode.OK;
  }

  private static Path snapshots() {
    String logs = System.getenv().getOrDefault("LOG_LOCATION", "logs");
    return Path.of(logs, "config");
  }

  private void run(ServerConfig config) throws InterruptedException {
    StopSignal stop = StopSignal.listen();
    try (ModelServer server = ModelServer.start(config)) {
      say("Model server started.");
      CompletableFuture<Void> unused =
          server
              .loadStartupModels()
              .thenAccept(
                  failed -> {
                    if (failed.isEmpty() && whenReady != null) {
                      say(whenReady.replace("{address}", config.doors().inferenceForCurl()));
                    }
                  });
      stop.await();
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
