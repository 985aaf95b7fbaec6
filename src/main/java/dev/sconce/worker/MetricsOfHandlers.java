package dev.sconce.worker;

import dev.sconce.handler.HandlerMetrics;
import dev.sconce.worker.HandlerFamilies.Declaration;
import dev.sconce.worker.HandlerFamilies.Kind;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metrics that one model's handlers declared. Safe from any thread; a value that was recorded
 * before under the same labels takes no lock.
 */
final class MetricsOfHandlers implements HandlerMetrics {
  private static final Logger log = LoggerFactory.getLogger(MetricsOfHandlers.class);

  private final String model;
  private final HandlerFamilies families;

  /** By name. Changed under this object's lock. */
  private final Map<String, Recorder> declared = new ConcurrentHashMap<>();

  private boolean closed;

  MetricsOfHandlers(String model, HandlerFamilies families) {
    this.model = model;
    this.families = families;
  }

  @Override
  public Metric counter(String name, String unit, String... dimensions) {
    return declare(new Declaration(name, Kind.COUNTER, unit, List.of(dimensions)));
  }

  @Override
  public Metric gauge(String name, String unit, String... dimensions) {
    return declare(new Declaration(name, Kind.GAUGE, unit, List.of(dimensions)));
  }

  @Override
  public Metric histogram(String name, String unit, String... dimensions) {
    return declare(new Declaration(name, Kind.HISTOGRAM, unit, List.of(dimensions)));
  }

  private synchronized Metric declare(Declaration declaration) {
    if (closed) {
      return (value, dimensionValues) -> {}; // of a thread that was given up on
    }
    @Nullable Recorder known = declared.get(declaration.name());
    if (known != null && known.declaration.equals(declaration)) {
      return known;
    }
    if (declared.size() >= MOST_METRICS) {
      throw new IllegalArgumentException(
          "metric " + declaration.name() + ": one more than " + MOST_METRICS);
    }
    families.declare(model, declaration);
    Recorder recorder = new Recorder(declaration);
    declared.put(declaration.name(), recorder);
    return recorder;
  }

  /** The model's last version has ended: its metrics go. */
  synchronized void close() {
    closed = true;
    declared.values().forEach(it -> families.remove(model, it.declaration, it.metrics.keySet()));
    declared.clear();
  }

  private final class Recorder implements Metric {
    private final Declaration declaration;

    /** By the dimensions' values. Changed under the lock of the object around. */
    private final Map<List<String>, DoubleConsumer> metrics = new ConcurrentHashMap<>();

    private final AtomicBoolean warned = new AtomicBoolean();

    Recorder(Declaration declaration) {
      this.declaration = declaration;
    }

    @Override
    public void record(double value, String... dimensionValues) {
      try {
        if (declaration.kind() == Kind.COUNTER && !(value >= 0)) {
          throw new IllegalArgumentException(value + " (expected: a counter's value, >= 0)");
        }
        metric(List.of(dimensionValues)).accept(value);
      } catch (IllegalArgumentException | NullPointerException e) {
        if (warned.compareAndSet(false, true)) {
          log.warn("model {}: metric {}: left out: {}", model, declaration.name(), e.getMessage());
        }
      }
    }

    private DoubleConsumer metric(List<String> values) {
      @Nullable DoubleConsumer known = metrics.get(values);
      return known == null ? added(values) : known;
    }

    private DoubleConsumer added(List<String> values) {
      if (values.size() != declaration.dimensions().size()) {
        throw new IllegalArgumentException(
            values + " (expected: values of " + declaration.dimensions() + ")");
      }
      synchronized (MetricsOfHandlers.this) {
        if (closed) {
          return value -> {};
        }
        if (metrics.size() >= MOST_VALUES && !metrics.containsKey(values)) {
          throw new IllegalArgumentException(
              values + " (expected: at most " + MOST_VALUES + " different)");
        }
        return metrics.computeIfAbsent(values, it -> families.metric(model, declaration, it));
      }
    }
  }
}
