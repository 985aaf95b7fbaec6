package dev.sconce.logs;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where the log goes.
 *
 * @param format how its lines are laid out
 * @param logs the directory of the access log, the server's log and the handlers' log
 * @param metrics the directory of the two metric logs
 * @param configFile a Logback configuration that stands in for all of it
 */
public record LogSettings(LogFormat format, Path logs, Path metrics, Optional<Path> configFile) {
  private static final String DEFAULT_DIRECTORY = "logs";

  /**
   * The settings with the directories that {@code LOG_LOCATION} and {@code METRICS_LOCATION} name;
   * without them {@code logs} in the current directory.
   */
  public static LogSettings of(
      LogFormat format, Map<String, String> environment, Optional<Path> configFile) {
    return new LogSettings(
        format,
        Path.of(environment.getOrDefault("LOG_LOCATION", DEFAULT_DIRECTORY)),
        Path.of(environment.getOrDefault("METRICS_LOCATION", DEFAULT_DIRECTORY)),
        configFile);
  }
}
