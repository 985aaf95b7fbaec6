package dev.sconce.worker;

import dev.sconce.metrics.Family;
import dev.sconce.metrics.MetricRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The families of metrics that handlers declare; models may share one. Safe from any thread: what
 * changes belongs to this object's lock.
 */
final class HandlerFamilies {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");
  private static final Pattern DIMENSION = Pattern.compile("(?!__)[a-zA-Z_][a-zA-Z0-9_]*");
  private static final String BUCKET = "le";
  private static final List<String> EVERY_METRICS = List.of("ModelName", "Level", "Hostname");

  private final MetricRegistry registry;
  private final String host;
  private final Map<String, Declared> families = new HashMap<>();

  HandlerFamilies(MetricRegistry registry, String host) {
    this.registry = registry;
    this.host = host;
  }

  /** What a metric does with a value. */
  enum Kind {
    COUNTER,
    GAUGE,
    HISTOGRAM
  }

  /** What has to be the same of all metrics that share a name. */
  record Declaration(String name, Kind kind, String unit, List<String> dimensions) {
    Declaration {
      require(NAME.matcher(name).matches(), name, "letters, digits and '_', no digit first");
      for (String dimension : dimensions) {
        require(DIMENSION.matcher(dimension).matches(), name + ": " + dimension, "a label's name");
        require(
            !EVERY_METRICS.contains(dimension),
            name + ": " + dimension,
            "not one of " + EVERY_METRICS + ", which every metric has");
      }
      require(
          kind != Kind.HISTOGRAM || !dimensions.contains(BUCKET),
          name + ": " + BUCKET,
          "another name, since a histogram's buckets have that");
      require(
          new HashSet<>(dimensions).size() == dimensions.size(),
          name + ": " + dimensions,
          "each dimension once");
    }

    /** As in {@code counter in count by [Kind]}. */
    @Override
    public String toString() {
      return kind.name().toLowerCase(Locale.ROOT) + " in " + unit + " by " + dimensions;
    }
  }

  /** A family, and how a value goes to one of its metrics. */
  private record Declared(
      Declaration declaration,
      Family<?> family,
      Function<String[], DoubleConsumer> metrics,
      Set<String> models) {}

  private static void require(boolean holds, String found, String expected) {
    if (!holds) {
      throw new IllegalArgumentException("metric " + found + " (expected: " + expected + ")");
    }
  }

  /**
   * Adds a family, unless it is there already.
   *
   * @throws IllegalArgumentException if the name is taken otherwise
   */
  synchronized void declare(String model, Declaration declaration) {
    @Nullable Declared known = families.get(declaration.name());
    if (known == null) {
      known = declared(declaration);
      families.put(declaration.name(), known);
    }
    require(
        known.declaration().equals(declaration),
        declaration.name() + ": " + declaration,
        known.declaration() + ", as declared by " + String.join(", ", known.models()));
    known.models().add(model);
  }

  private Declared declared(Declaration declaration) {
    String name = declaration.name();
    String unit = declaration.unit();
    String[] labels =
        Stream.concat(declaration.dimensions().stream(), EVERY_METRICS.stream())
            .toArray(String[]::new);
    switch (declaration.kind()) {
      case COUNTER -> {
        var family = registry.torchServeModelCounter(name, unit, labels);
        return declared(declaration, family, values -> family.with(values)::add);
      }
      case GAUGE -> {
        var family = registry.torchServeModelGauge(name, unit, labels);
        return declared(declaration, family, values -> family.with(values)::set);
      }
      default -> {
        var family = registry.torchServeModelHistogram(name, unit, labels);
        return declared(declaration, family, values -> family.with(values)::observe);
      }
    }
  }

  private static Declared declared(
      Declaration declaration, Family<?> family, Function<String[], DoubleConsumer> metrics) {
    return new Declared(declaration, family, metrics, new HashSet<>());
  }

  /** The metric of a declared family, a model and its dimensions' values. */
  synchronized DoubleConsumer metric(String model, Declaration declaration, List<String> values) {
    return family(declaration).metrics().apply(labels(model, values));
  }

  /** A model's metrics of one family go; the family, too, when no other model has declared it. */
  synchronized void remove(String model, Declaration declaration, Set<List<String>> recorded) {
    Declared declared = family(declaration);
    recorded.forEach(values -> declared.family().remove(labels(model, values)));
    declared.models().remove(model);
    if (declared.models().isEmpty()) {
      families.remove(declaration.name());
      declared.family().close();
    }
  }

  private Declared family(Declaration declaration) {
    @Nullable Declared declared = families.get(declaration.name());
    if (declared == null) {
      throw new IllegalStateException(declaration.name() + ": not declared");
    }
    return declared;
  }

  private String[] labels(String model, List<String> values) {
    List<String> labels = new ArrayList<>(values);
    labels.addAll(Arrays.asList(model, "Model", host));
    return labels.toArray(String[]::new);
  }
}
