package dev.sconce.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where logs are written, and from which level on. */
class LogSettingsTest {
  @Test
  void theEnvironmentNamesTheDirectories() {
    LogSettings settings =
        located(
            Map.of("LOG_LOCATION", "/var/log/a", "METRICS_LOCATION", "/var/log/b"),
            Optional.of(Path.of("logs")));
    assertThat(settings.logs()).hasValue(Path.of("/var/log/a"));
    assertThat(settings.metrics()).hasValue(Path.of("/var/log/b"));
    assertThat(located(Map.of(), Optional.of(Path.of("logs"))).logs()).hasValue(Path.of("logs"));
    assertThat(located(Map.of(), Optional.empty()).logs()).isEmpty();
  }

  private static LogSettings located(Map<String, String> environment, Optional<Path> otherwise) {
    return LogSettings.of(
        LogFormat.TEXT, Optional.empty(), environment, otherwise, Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "0, DEBUG",
    "10, DEBUG",
    "11, INFO",
    "20, INFO",
    "30, WARN",
    "40, ERROR",
    "50, ERROR"
  })
  void aNumberOfPythonsIsTheLevelThatLeavesOutAsMuch(int number, LogLevel level) {
    assertThat(LogLevel.ofPython(number)).isEqualTo(level);
  }
}
