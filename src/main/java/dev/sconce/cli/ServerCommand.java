package dev.sconce.cli;

import dev.sconce.ModelServer;
import dev.sconce.config.ConfigLoader;
import dev.sconce.config.Overrides;
import dev.sconce.config.ServerConfig;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.logs.LogSettings;
import dev.sconce.logs.ServerLogs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
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

  @Option(
      names = "--model-store",
      paramLabel = "<directory>",
      description =
          "The directory models are taken from: .mar, .tar.gz, or plain directories. Must be given"
              + " here or as model_store in the configuration.")
  private @Nullable Path modelStore;

  @Option(
      names = "--models",
      arity = "1..*",
      paramLabel = "<model>",
      description =
          "What to load: all, or names in the store, as in a.mar or name=b.mar, or URLs that"
              + " allowed_urls in the configuration matches.")
  private List<String> models = List.of();

  @Option(
      names = "--ts-config",
      paramLabel = "<file>",
      description =
          "The configuration. Default: the last snapshot, else config.properties in the current"
              + " directory. TS_CONFIG_FILE in the environment wins.")
  private @Nullable Path configFile;

  @Option(
      names = "--log-config",
      paramLabel = "<file>",
      description = "A Logback configuration that stands in for the server's own.")
  private @Nullable Path logConfig;

  @Option(
      names = {"--disable-token-auth", "--dt"},
      description = "Ask nobody for a token, as with disable_token_authorization=true.")
  private boolean tokensDisabled;

  @Option(
      names = "--enable-model-api",
      description = "Let models be registered and unregistered, as with enable_model_api=true.")
  private boolean modelApi;

  @Option(
      names = "--sagemaker-local",
      paramLabel = "<directory>",
      description =
          "Answer boto3's sagemaker-runtime client as SageMaker does, with this directory in the"
              + " place of S3.")
  private @Nullable Path sageMakerLocal;

  @Option(
      names = "--when-ready",
      paramLabel = "<text>",
      description = {
        "Printed once all models are loaded: a line to try, for instance. {address} stands for what"
            + " curl takes to reach the inference API: http://127.0.0.1:8080"
      })
  private @Nullable String whenReady;

  @Option(
      names = {"--workflow-store", "--cpp-log-config", "--plugins-path", "--ppath"},
      paramLabel = "<path>",
      description = "For TorchServe: here are no workflows, no C++ backend and no plugins.")
  private @Nullable String meaningless;

  @Option(names = BackgroundStart.FLAG, hidden = true)
  private boolean inBackground;

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
  public Integer call() throws IOException, InterruptedException {
    PidFile pidFile = new PidFile(temporaryDirectory());
    if (action.version) {
      return version();
    }
    if (action.stop) {
      return new Stopping(pidFile, command().getOut()).run();
    }
    if (!foreground) {
      return new BackgroundStart(command().getOut()).run(command().getParseResult().originalArgs());
    }
    checkFlags();
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

  private void checkFlags() {
    require(
        "--model-store directory", modelStore, modelStore == null || Files.isDirectory(modelStore));
    require("--log-config file", logConfig, logConfig == null || Files.isRegularFile(logConfig));
    if (meaningless != null) {
      say("Not used: " + meaningless + " (here are no workflows, no C++ backend and no plugins)");
    }
  }

  private static void require(String what, @Nullable Path path, boolean found) {
    if (!found) {
      throw new ServingException(ErrorCode.INVALID_CONFIGURATION, what + " not found: " + path);
    }
  }

  private int serve(PidFile pidFile) throws InterruptedException {
    ServerConfig config =
        new ConfigLoader(
                Runtime.getRuntime().maxMemory(),
                temporaryDirectory(),
                Path.of(""),
                System.getenv())
            .load(overrides());
    if (config.store().modelStore().isEmpty()) {
      throw new ServingException(
          ErrorCode.INVALID_CONFIGURATION, "Missing mandatory parameter --model-store");
    }
    LogSettings settings =
        LogSettings.of(config.logFormat(), System.getenv(), Optional.ofNullable(logConfig));
    ServerLogs logs = ServerLogs.open(settings);
    try {
      pidFile.write();
      run(config);
    } finally {
      logs.close();
      pidFile.remove(ProcessHandle.current());
    }
    return ExitCode.OK;
  }

  private static Path temporaryDirectory() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  private Overrides overrides() {
    Map<String, String> keys =
        new TreeMap<>(Overrides.keys(Optional.ofNullable(modelStore), models));
    if (tokensDisabled) {
      keys.put("disable_token_authorization", "true");
    }
    if (modelApi) {
      keys.put("enable_model_api", "true");
    }
    return new Overrides(
        Optional.ofNullable(configFile),
        noSnapshots ? Optional.empty() : Optional.of(snapshots()),
        Optional.ofNullable(sageMakerLocal),
        keys);
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
          server.loadStartupModels().thenAccept(failed -> loaded(failed, config));
      stop.await();
    }
  }

  private void loaded(List<String> failed, ServerConfig config) {
    if (failed.isEmpty() && whenReady != null) {
      say(whenReady.replace("{address}", config.doors().inferenceForCurl()));
    }
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
