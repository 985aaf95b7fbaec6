package dev.sconce.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.SimpleCollector;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's metric families. Safe from any thread.
 *
 * <p>Two kinds: TorchServe's, with the names, units and labels that dashboards and log readers made
 * for it know, on {@code /metrics} and in the metric logs; and the server's own, on {@code
 * /metrics} alone, in base units and with names that {@code promtool check metrics} accepts.
 */
public final class MetricRegistry {
  /** The content type of {@link #text}. */
  public static final String CONTENT_TYPE = TextFormat.CONTENT_TYPE_004;

  private static final Logger SERVER_LOG = LoggerFactory.getLogger("TS_METRICS");
  private static final Logger MODEL_LOG = LoggerFactory.getLogger("MODEL_METRICS");

  private final CollectorRegistry registry = new CollectorRegistry(true);
  private final MetricsMode mode;
  private final Clock clock;

  /**
   * A registry without families.
   *
   * @param clock stamps the lines of the metric logs
   */
  public MetricRegistry(MetricsMode mode, Clock clock) {
    this.mode = mode;
    this.clock = clock;
  }

  /**
   * Adds a family of the server's own.
   *
   * @param name ends with {@code _total}
   * @throws IllegalArgumentException if the name is taken; so do all that add a family
   */
  public Family<Counter> counter(String name, String help, String... labelNames) {
    return family(
        name,
        io.prometheus.client.Counter.build(name, help).labelNames(labelNames).create(),
        (child, labelValues) -> child::inc);
  }

  /** Adds a family of the server's own. */
  public Family<Gauge> gauge(String name, String help, String... labelNames) {
    return family(
        name,
        io.prometheus.client.Gauge.build(name, help).labelNames(labelNames).create(),
        (child, labelValues) -> child::set);
  }

  /**
   * Adds a family of the server's own.
   *
   * @param bounds the buckets' upper bounds, the smallest first
   */
  public Family<Histogram> histogram(
      String name, String help, double[] bounds, String... labelNames) {
    return family(
        name,
        io.prometheus.client.Histogram.build(name, help)
            .buckets(bounds)
            .labelNames(labelNames)
            .create(),
        (child, labelValues) -> child::observe);
  }

  /**
   * Adds a family of the server's own that is read each time somebody asks: of counters if its name
   * ends with {@code _total}, else of gauges.
   *
   * @param readings called on the thread that asks; must not block
   */
  public void readings(
      String name, String help, List<String> labelNames, Supplier<List<Reading>> readings) {
    expose(name, new ReadFamily(name, help, labelNames, readings));
  }

  /**
   * Adds a family of TorchServe's.
   *
   * @param unit as help text and log lines name it, as in {@code Count}
   * @param labelNames the host name's comes last
   */
  public Family<Counter> torchServeCounter(String name, String unit, String... labelNames) {
    return torchServeCounter(SERVER_LOG, name, unit, labelNames);
  }

  /** Adds a family of TorchServe's whose lines are in the log of what handlers measure. */
  public Family<Counter> torchServeModelCounter(String name, String unit, String... labelNames) {
    return torchServeCounter(MODEL_LOG, name, unit, labelNames);
  }

  private Family<Counter> torchServeCounter(
      Logger log, String name, String unit, String... labelNames) {
    return family(
        name,
        io.prometheus.client.Counter.build(name, help("counter", unit))
            .labelNames(labelNames)
            .create(),
        (child, labelValues) -> {
          if (!mode.logs(name)) {
            return child::inc;
          }
          LogLine line = new LogLine(log, clock, name, unit, labelNames, labelValues);
          return amount -> {
            child.inc(amount);
            line.write(amount);
          };
        });
  }

  /** See {@link #torchServeModelCounter}; the buckets are Prometheus' client's own. */
  public Family<Histogram> torchServeModelHistogram(
      String name, String unit, String... labelNames) {
    return family(
        name,
        io.prometheus.client.Histogram.build(name, help("histogram", unit))
            .labelNames(labelNames)
            .create(),
        (child, labelValues) -> {
          if (!mode.logs(name)) {
            return child::observe;
          }
          LogLine line = new LogLine(MODEL_LOG, clock, name, unit, labelNames, labelValues);
          return value -> {
            child.observe(value);
            line.write(value);
          };
        });
  }

  /** Adds a family of TorchServe's; see {@link #torchServeCounter}. */
  public Family<Gauge> torchServeGauge(String name, String unit, String... labelNames) {
    return torchServeGauge(SERVER_LOG, name, unit, labelNames);
  }

  /** Adds a family of TorchServe's whose lines are in the log of what handlers measure. */
  public Family<Gauge> torchServeModelGauge(String name, String unit, String... labelNames) {
    return torchServeGauge(MODEL_LOG, name, unit, labelNames);
  }

  private Family<Gauge> torchServeGauge(
      Logger log, String name, String unit, String... labelNames) {
    return family(
        name,
        io.prometheus.client.Gauge.build(name, help("gauge", unit)).labelNames(labelNames).create(),
        (child, labelValues) ->
            mode.logs(name)
                ? new LoggedGauge(
                    child::set, new LogLine(log, clock, name, unit, labelNames, labelValues))
                : child::set);
  }

  private static String help(String type, String unit) {
    return "Torchserve prometheus " + type + " metric with unit: " + unit;
  }

  private record LoggedGauge(Gauge gauge, LogLine line) implements Gauge {
    @Override
    public void set(double value) {
      gauge.set(value);
      line.write(value);
    }

    @Override
    public void set(double value, String requestIds) {
      gauge.set(value);
      line.write(value, requestIds);
    }
  }

  private <C, M> Family<M> family(
      String name, SimpleCollector<C> collector, BiFunction<C, String[], M> metric) {
    expose(name, collector);
    Map<List<String>, M> known = new ConcurrentHashMap<>();
    return new Family<>() {
      @Override
      public M with(String... labelValues) {
        return known.computeIfAbsent(
            List.of(labelValues), it -> metric.apply(collector.labels(labelValues), labelValues));
      }

      @Override
      public void remove(String... labelValues) {
        known.remove(List.of(labelValues));
        collector.remove(labelValues);
      }

      @Override
      public void close() {
        if (mode.exposes(name)) {
          registry.unregister(collector);
        }
      }
    };
  }

  private void expose(String name, Collector collector) {
    if (mode.exposes(name)) {
      collector.register(registry);
    }
  }

  /**
   * The families in Prometheus' text format.
   *
   * @param names only the samples of these names, or of these histograms; all if empty
   */
  public String text(Set<String> names) {
    Set<String> wanted =
        names.stream()
            .flatMap(name -> Stream.of(name, name + "_bucket", name + "_sum", name + "_count"))
            .collect(Collectors.toSet());
    StringWriter text = new StringWriter();
    try {
      TextFormat.write004(text, registry.filteredMetricFamilySamples(wanted));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter does not fail
    }
    return text.toString();
  }
}
