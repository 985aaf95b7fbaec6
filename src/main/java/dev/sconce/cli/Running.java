package dev.sconce.cli;

import dev.sconce.ModelServer;
import dev.sconce.config.ConfigLoader;
import dev.sconce.config.Overrides;
import dev.sconce.config.ServerConfig;
import dev.sconce.error.ServingException;
import dev.sconce.logs.LogSettings;
import dev.sconce.logs.ServerLogs;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ExitCode;

/** A server in this process, from its configuration to its end. */
final class Running {
  private static final Logger log = LoggerFactory.getLogger(Running.class);

  private final PrintWriter out;
  private final ServerOptions options;
  private final Map<String, String> environment;

  /** Set, before the server is told to stop, if it is of no use. */
  private volatile int exitCode = ExitCode.OK;

  /**
   * To be run once.
   *
   * @param out where it says when it serves
   */
  Running(PrintWriter out, ServerOptions options, Map<String, String> environment) {
    this.out = out;
    this.options = options;
    this.environment = environment;
  }

  static Path temporaryDirectory() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  /**
   * Reads the configuration.
   *
   * @throws ServingException {@code INVALID_CONFIGURATION}
   */
  ServerConfig config(Overrides overrides) {
    return new ConfigLoader(
            Runtime.getRuntime().maxMemory(), temporaryDirectory(), Path.of(""), environment)
        .load(overrides);
  }

  /**
   * Runs the server until a signal tells it to stop, or until it turns out that it can serve
   * nothing of what it must.
   *
   * @param logDirectory where the log's files are unless the environment says so; empty for nowhere
   * @param loaded called when every model has been loaded or has failed
   * @return the process's exit code
   */
  int run(ServerConfig config, Optional<Path> logDirectory, Runnable loaded)
      throws InterruptedException {
    ServerLogs logs =
        ServerLogs.open(
            LogSettings.of(
                config.logFormat(),
                config.logLevel(),
                environment,
                logDirectory,
                options.logConfig()));
    try {
      serve(config, loaded);
    } finally {
      logs.close();
    }
    return exitCode;
  }

  private void serve(ServerConfig config, Runnable loaded) throws InterruptedException {
    StopSignal stop = StopSignal.listen();
    try (ModelServer server = ModelServer.start(config)) {
      CompletableFuture<List<String>> loading = server.loadStartupModels();
      say("Model server started.");
      CompletableFuture<Void> unused =
          loading.thenAccept(
              failed -> {
                sayReady(failed, config);
                loaded.run();
                if (config.mustServe() && server.models().isEmpty() && !stop.isAsked()) {
                  giveUp(failed, stop);
                }
              });
      stop.await();
    }
  }

  private void giveUp(List<String> failed, StopSignal stop) {
    log.error("Nothing can be served: {} failed, as the lines above say; the server ends", failed);
    exitCode = ExitCode.SOFTWARE;
    stop.ask();
  }

  private void sayReady(List<String> failed, ServerConfig config) {
    if (failed.isEmpty()) {
      options
          .whenReady()
          .ifPresent(text -> say(text.replace("{address}", config.doors().inferenceForCurl())));
    }
  }

  void say(String text) {
    out.println(text);
    out.flush();
  }
}
