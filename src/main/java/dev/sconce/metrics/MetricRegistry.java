package dev.sconce.metrics;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Set;

/**
 * The server's metric families. Safe from any thread.
 *
 * <p>Names and help texts are those of TorchServe, whose dashboards are to go on working.
 */
public final class MetricRegistry {
  /** The content type of {@link #text}. */
  public static final String CONTENT_TYPE = TextFormat.CONTENT_TYPE_004;

  private final CollectorRegistry registry = new CollectorRegistry(true);

  /**
   * Adds a family of counters.
   *
   * @param unit as TorchServe's help text names it, as in {@code Count}
   * @throws IllegalArgumentException if the name is taken
   */
  public Counter counter(String name, String unit, String... labelNames) {
    io.prometheus.client.Counter family =
        io.prometheus.client.Counter.build(name, help("counter", unit))
            .labelNames(labelNames)
            .register(registry);
    return (amount, labelValues) -> family.labels(labelValues).inc(amount);
  }

  /**
   * Adds a family of gauges.
   *
   * @param unit as TorchServe's help text names it, as in {@code Milliseconds}
   * @throws IllegalArgumentException if the name is taken
   */
  public Gauge gauge(String name, String unit, String... labelNames) {
    io.prometheus.client.Gauge family =
        io.prometheus.client.Gauge.build(name, help("gauge", unit))
            .labelNames(labelNames)
            .register(registry);
    return (value, labelValues) -> family.labels(labelValues).set(value);
  }

  /**
   * The families in Prometheus' text format.
   *
   * @param names only the samples of these names; all if empty
   */
  public String text(Set<String> names) {
    StringWriter text = new StringWriter();
    try {
      TextFormat.write004(text, registry.filteredMetricFamilySamples(names));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter does not fail
    }
    return text.toString();
  }

  private static String help(String type, String unit) {
    return "Torchserve prometheus " + type + " metric with unit: " + unit;
  }
}
