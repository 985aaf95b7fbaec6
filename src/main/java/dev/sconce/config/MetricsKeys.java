package dev.sconce.config;

import dev.sconce.metrics.MetricsMode;
import dev.sconce.metrics.MetricsSettings;
import java.util.Optional;

/** The keys of the metrics, as TorchServe has them but for the default of {@code metrics_mode}. */
final class MetricsKeys {
  private MetricsKeys() {}

  static MetricsSettings read(KeyReader keys) {
    MetricsSettings base = MetricsSettings.DEFAULT;
    keys.meaningless("metrics_config", "handlers declare their own families, the others are fixed");
    keys.meaningless("model_metrics_auto_detect", "what a handler declares is always shown");
    keys.meaningless("system_metrics_cmd", "the server looks at the system itself");
    return new MetricsSettings(
        mode(keys),
        !keys.flag("disable_system_metrics", !base.systemMetrics()),
        keys.seconds("metric_time_interval", base.systemInterval()));
  }

  private static MetricsMode mode(KeyReader keys) {
    String key = "metrics_mode";
    Optional<String> name = keys.text(key);
    Optional<MetricsMode> mode = name.flatMap(MetricsMode::of);
    if (mode.isEmpty()) {
      name.ifPresent(value -> keys.fault(key, value, "log, prometheus or legacy"));
    }
    return mode.orElse(MetricsSettings.DEFAULT.mode());
  }
}
