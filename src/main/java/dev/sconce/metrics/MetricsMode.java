package dev.sconce.metrics;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Where TorchServe's families go; {@code metrics_mode}. */
public enum MetricsMode {
  /** On {@code /metrics} and into the metric logs: when nobody says otherwise. */
  ALL(true, true),
  /** Into the metric logs alone; {@code /metrics} is empty. */
  LOG(false, true),
  /** On {@code /metrics} alone. */
  PROMETHEUS(true, false),
  /** The three {@code ts_} families on {@code /metrics} and nothing else there, the rest logged. */
  LEGACY(false, true);

  private static final Set<String> EXPOSED_IN_LEGACY =
      Set.of(
          "ts_inference_requests_total",
          "ts_inference_latency_microseconds",
          "ts_queue_latency_microseconds");

  private final boolean exposing;
  private final boolean logging;

  MetricsMode(boolean exposing, boolean logging) {
    this.exposing = exposing;
    this.logging = logging;
  }

  /** The mode that the configuration names: {@code log}, {@code prometheus} or {@code legacy}. */
  public static Optional<MetricsMode> of(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "log" -> Optional.of(LOG);
      case "prometheus" -> Optional.of(PROMETHEUS);
      case "legacy" -> Optional.of(LEGACY);
      default -> Optional.empty();
    };
  }

  /** Whether {@code /metrics} shows the family. */
  boolean exposes(String name) {
    return exposing || (this == LEGACY && EXPOSED_IN_LEGACY.contains(name));
  }

  /** Whether each change of TorchServe's family is a line of a log. */
  boolean logs(String name) {
    return logging && !(this == LEGACY && EXPOSED_IN_LEGACY.contains(name));
  }
}
