package dev.sconce.logs;

import java.util.Locale;
import java.util.Optional;

/** How lines of the log are laid out. */
public enum LogFormat {
  /** As TorchServe lays them out. */
  TEXT,
  /** One JSON object a line, Logback's. */
  JSON;

  /** The format that the configuration names: {@code text} or {@code json}. */
  public static Optional<LogFormat> of(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "text" -> Optional.of(TEXT);
      case "json" -> Optional.of(JSON);
      default -> Optional.empty();
    };
  }
}
