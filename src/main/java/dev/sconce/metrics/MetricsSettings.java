package dev.sconce.metrics;

import java.time.Duration;

/**
 * What is measured and where it is told.
 *
 * @param mode where the families go
 * @param systemMetrics whether the machine's processor, memory, disk and GPUs are looked at
 * @param systemInterval how often
 */
public record MetricsSettings(MetricsMode mode, boolean systemMetrics, Duration systemInterval) {
  /** What holds when nobody says otherwise. */
  public static final MetricsSettings DEFAULT =
      new MetricsSettings(MetricsMode.ALL, true, Duration.ofSeconds(60));
}
