package dev.sconce.worker;

import dev.sconce.handler.HandlerMetrics;
import dev.sconce.metrics.MetricRegistry;
import dev.sconce.metrics.Reading;
import dev.sconce.worker.WorkerStatus.State;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What is counted and measured of all models: TorchServe's families and the server's own. A model's
 * metrics come and go with it, so that their number stays bounded. One for the server; safe from
 * any thread.
 */
public final class InferenceMetrics {
  private final TorchServeMetrics torchServe;
  private final ModelFamilies own;
  private final HandlerFamilies handlers;

  /** By model. Changed under lock. */
  private final Map<String, MetricsOfHandlers> ofHandlers = new HashMap<>();

  /** Of all pools that live; two are of one version while one of them ends. Changed under lock. */
  private final List<ModelMetrics> open = new CopyOnWriteArrayList<>();

  /** Adds the families to {@code registry}. */
  public InferenceMetrics(MetricRegistry registry, String host) {
    torchServe = new TorchServeMetrics(registry, host);
    own = new ModelFamilies(registry);
    handlers = new HandlerFamilies(registry, host);
    registry.readings(
        "sconce_queue_depth",
        "Requests that wait for a worker",
        List.of(ModelFamilies.LABELS),
        () -> ofAll(pool -> Stream.of(Reading.of(pool.queued(), pool.model(), pool.version()))));
    registry.readings(
        "sconce_workers",
        "Workers, by what they are at",
        List.of("model_name", "model_version", "state"),
        () -> ofAll(InferenceMetrics::states));
  }

  /** The metrics of a pool from now on. */
  synchronized ModelMetrics open(
      String model, String version, Supplier<List<WorkerStatus>> workers, IntSupplier queued) {
    ModelMetrics metrics =
        new ModelMetrics(model, version, torchServe, own.of(model, version), workers, queued);
    open.add(metrics);
    return metrics;
  }

  /**
   * What the handlers of a model's pools declare; goes when the last of them ends. Nothing is kept
   * for a model without any: its handler is made by a thread that was given up on.
   */
  public synchronized HandlerMetrics ofHandlers(String model) {
    if (open.stream().noneMatch(pool -> pool.model().equals(model))) {
      return HandlerMetrics.NONE;
    }
    return ofHandlers.computeIfAbsent(model, it -> new MetricsOfHandlers(it, handlers));
  }

  /** A pool has ended: its metrics go, unless another pool has the same. */
  synchronized void close(ModelMetrics closed) {
    String model = closed.model();
    open.remove(closed);
    List<String> versions =
        open.stream().filter(it -> it.model().equals(model)).map(ModelMetrics::version).toList();
    if (!versions.contains(closed.version())) {
      own.remove(model, closed.version());
      torchServe.removeVersion(model, closed.version());
    }
    if (versions.isEmpty()) {
      torchServe.removeModel(model);
      Optional.ofNullable(ofHandlers.remove(model)).ifPresent(MetricsOfHandlers::close);
    }
  }

  /** Every state of every version, so that a state nobody is in reads 0. */
  private static Stream<Reading> states(ModelMetrics pool) {
    List<WorkerStatus> workers = pool.workers();
    return Arrays.stream(State.values())
        .map(
            state ->
                Reading.of(
                    (double) workers.stream().filter(worker -> worker.state() == state).count(),
                    pool.model(),
                    pool.version(),
                    state.name().toLowerCase(Locale.ROOT)));
  }

  private List<Reading> ofAll(Function<ModelMetrics, Stream<Reading>> readings) {
    Map<List<String>, Double> sums = new LinkedHashMap<>();
    open.stream()
        .flatMap(readings)
        .forEach(reading -> sums.merge(reading.labelValues(), reading.value(), Double::sum));
    return sums.entrySet().stream().map(it -> new Reading(it.getKey(), it.getValue())).toList();
  }
}
