package dev.sconce.config;

import dev.sconce.logs.LogFormat;
import dev.sconce.logs.LogLevel;
import java.util.Optional;
import java.util.OptionalInt;

/** The keys of the logs: TorchServe's and our own {@code log_format}. */
final class LogKeys {
  /** CRITICAL. */
  private static final int MOST_SILENT = 50;

  private LogKeys() {}

  /** SageMaker's {@code SAGEMAKER_CONTAINER_LOG_LEVEL}, a number of Python's. */
  static Optional<LogLevel> pythonLevel(KeyReader keys) {
    OptionalInt number = keys.variableInteger("SAGEMAKER_CONTAINER_LOG_LEVEL", 0, MOST_SILENT);
    return number.isPresent()
        ? Optional.of(LogLevel.ofPython(number.getAsInt()))
        : Optional.empty();
  }

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
