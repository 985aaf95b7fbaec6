package dev.sconce.config;

import dev.sconce.logs.LogFormat;
import java.util.Optional;

/** The keys of the logs: TorchServe's and our own {@code log_format}. */
final class LogKeys {
  private LogKeys() {}

  static LogFormat read(KeyReader keys) {
    keys.meaningless("async_logging", "no thread ever waits for a log");
    String key = "log_format";
    Optional<String> name = keys.text(key);
    Optional<LogFormat> format = name.flatMap(LogFormat::of);
    if (format.isEmpty()) {
      name.ifPresent(value -> keys.fault(key, value, "text or json"));
    }
    return format.orElse(LogFormat.TEXT);
  }
}
