package dev.sconce.logs;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where the log goes.
 *
 * @param format how its lines are laid out
 * @param level the least lines there are; empty for what {@code logback.xml} says
 * @param logs the directory of the access log, the server's log and the handlers' log; empty if
 *     they are on standard output only
 * @param metrics the directory of the two metric logs; empty if there are none
 * @param configFile a Logback configuration that stands in for all of it
 */
public record LogSettings(
    LogFormat format,
    Optional<LogLevel> level,
    Optional<Path> logs,
    Optional<Path> metrics,
    Optional<Path> configFile) {

  /**
   * The settings with the directories that {@code LOG_LOCATION} and {@code METRICS_LOCATION} name.
   *
   * @param otherwise the directory in the place of one that is not named; empty for none
   */
  public static LogSettings of(
      LogFormat format,
      Optional<LogLevel> level,
      Map<String, String> environment,
      Optional<Path> otherwise,
      Optional<Path> configFile) {
    return new LogSettings(
        format,
        level,
        directory(environment, "LOG_LOCATION").or(() -> otherwise),
        directory(environment, "METRICS_LOCATION").or(() -> otherwise),
        configFile);
  }

  private static Optional<Path> directory(Map<String, String> environment, String variable) {
    return Optional.ofNullable(environment.get(variable)).map(Path::of);
  }
}
