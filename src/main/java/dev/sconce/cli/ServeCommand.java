package dev.sconce.cli;

import dev.sconce.config.ServerConfig;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code serve}: what a container is started with, on SageMaker and elsewhere. In the foreground,
 * logs to standard output, writes nothing but temporary files, and serves what it finds.
 *
 * <p>Exits with 0 when a signal told it to stop, with 1 when it cannot start or can serve nothing,
 * and with 2 when the flags are wrong.
 */
@Command(
    name = "serve",
    sortOptions = false,
    usageHelpWidth = 100,
    description = {
      "Serves, in a container, the models that are there: what --model-store or TS_MODEL_STORE",
      "names, else /opt/ml/model, else /model-store. If archives lie there, all are served; else",
      "the directory's own weights, as one model called model; else the directories with weights.",
      "The log goes to standard output. Ends with 1 if nothing can be served.",
      ""
    },
    footer = {
      "",
      "Environment:",
      "  TS_<KEY>                       any key of the configuration: TS_MAX_REQUEST_SIZE=104857600",
      "  SAGEMAKER_MULTI_MODEL=true     serve nothing at first; SageMaker loads from /opt/ml/models",
      "  SAGEMAKER_BIND_TO_PORT         the port of inference, instead of 8080",
      "  SAGEMAKER_SAFE_PORT_RANGE      9000-9999: other APIs are opened only on these ports",
      "  SAGEMAKER_TS_BATCH_SIZE, SAGEMAKER_TS_MAX_BATCH_DELAY (ms), SAGEMAKER_TS_MIN_WORKERS,",
      "  SAGEMAKER_TS_MAX_WORKERS, SAGEMAKER_TS_RESPONSE_TIMEOUT (s)",
      "                                 of every model that does not say otherwise itself",
      "  SAGEMAKER_MODEL_SERVER_WORKERS, SAGEMAKER_MODEL_SERVER_TIMEOUT (s),",
      "  SAGEMAKER_MODEL_SERVER_TIMEOUT_SECONDS, SAGEMAKER_STARTUP_TIMEOUT (s)",
      "                                 as default_workers_per_model, default_response_timeout",
      "                                 and default_startup_timeout in the configuration",
      "  SAGEMAKER_MAX_PAYLOAD_IN_MB    the largest request, in MiB",
      "  SAGEMAKER_CONTAINER_LOG_LEVEL  10, 20, 30 or 40: from which of DEBUG, INFO, WARNING and",
      "                                 ERROR on lines are logged",
      "  LOG_LOCATION, METRICS_LOCATION directories for files of the log besides",
      "  TS_CONFIG_FILE                 the configuration; wins over --ts-config",
      "",
      "SIGTERM stops the server: it takes no more connections, answers what is in work (20 seconds",
      "are left for that, or what drain_timeout in the configuration says), and exits with 0. A",
      "second one ends it at once.",
      "",
      "Examples:",
      "  serve",
      "  serve --model-store /mnt/models --models twin=twin.mar"
    })
final class ServeCommand implements Callable<Integer> {
  private final Path container;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = {"--ncs", "--no-config-snapshots"},
      description =
          "For scripts that are used to torchserve: snapshots are neither written nor read anyway.")
  @SuppressWarnings("UnusedVariable") // says what is so
  private boolean noSnapshots;

  @Mixin private ServerOptions options = new ServerOptions();

  private ServeCommand(Path container) {
    this.container = container;
  }

  /**
   * The command.
   *
   * @param container the root directory of the container
   */
  static CommandLine commandLine(Path container) {
    return OneLineFailures.on(new CommandLine(new ServeCommand(container)))
        .setOverwrittenOptionsAllowed(true);
  }

  @Override
  public Integer call() throws InterruptedException {
    options.check();
    Running running =
        new Running(
            Optional.ofNullable(spec).orElseThrow().commandLine().getOut(),
            options,
            System.getenv());
    ServerConfig config =
        running.config(options.overrides(Optional.empty(), Optional.of(container)));
    return running.run(config, Optional.empty(), () -> {});
  }
}
