package dev.sconce.cli;

import dev.sconce.config.Overrides;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that both commands have which run a server. */
final class ServerOptions {
  @Option(
      names = "--model-store",
      paramLabel = "<directory>",
      description =
          "The directory models are taken from: .mar, .tar.gz, or plain directories. Stands in for"
              + " model_store in the configuration.")
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
          "The configuration. Default under torchserve: the last snapshot, else config.properties"
              + " in the current directory; under serve: none. TS_CONFIG_FILE in the environment"
              + " wins.")
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
          "For laptops: answer boto3's sagemaker-runtime client as SageMaker does, with this"
              + " directory in the place of S3. Nobody's signature is checked.")
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
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  @SuppressWarnings("UnusedVariable") // picocli looks at the option, not at the field
  private boolean help;

  /**
   * Looks whether what was named is there.
   *
   * @throws ServingException {@code INVALID_CONFIGURATION} if it is not
   */
  void check() {
    require(
        "--model-store directory", modelStore, modelStore == null || Files.isDirectory(modelStore));
    require("--log-config file", logConfig, logConfig == null || Files.isRegularFile(logConfig));
  }

  private static void require(String what, @Nullable Path path, boolean found) {
    if (!found) {
      throw new ServingException(ErrorCode.INVALID_CONFIGURATION, what + " not found: " + path);
    }
  }

  /**
   * What they say of the configuration.
   *
   * @param snapshots the directory of snapshots, if they are written and read
   * @param container the root directory of the container that the server is the service of, if any
   */
  Overrides overrides(Optional<Path> snapshots, Optional<Path> container) {
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
        snapshots,
        Optional.ofNullable(sageMakerLocal),
        container,
        keys);
  }

  Optional<Path> logConfig() {
    return Optional.ofNullable(logConfig);
  }

  /** What to print once all models are loaded. */
  Optional<String> whenReady() {
    return Optional.ofNullable(whenReady);
  }
}
