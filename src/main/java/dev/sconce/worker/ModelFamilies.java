package dev.sconce.worker;

import dev.sconce.metrics.Counter;
import dev.sconce.metrics.Family;
import dev.sconce.metrics.Gauge;
import dev.sconce.metrics.Histogram;
import dev.sconce.metrics.MetricRegistry;
import java.util.EnumMap;
import java.util.Map;

/**
 * What the server counts and measures of each model version beyond TorchServe's families, labelled
 * with the model's name and real version. Times are in seconds. Safe from any thread.
 */
final class ModelFamilies {
  static final String[] LABELS = {"model_name", "model_version"};

  /** From what an echo takes to what the longest patience is. */
  private static final double[] SECONDS = {
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    30, 60, 120
  };

  private static final double[] SIZES = {1, 2, 4, 8, 16, 32, 64, 128, 256};

  private final Family<Counter> requests;
  private final Family<Gauge> loadTime;
  private final Family<Histogram> requestTime;
  private final Family<Histogram> queueTime;
  private final Family<Histogram> preprocessTime;
  private final Family<Histogram> inferenceTime;
  private final Family<Histogram> postprocessTime;
  private final Family<Histogram> batchSize;

  ModelFamilies(MetricRegistry registry) {
    requests =
        registry.counter(
            "sconce_requests_total",
            "Requests to a model, by what became of them",
            "model_name",
            "model_version",
            "outcome");
    requestTime =
        seconds(registry, "request", "Time from a request's arrival at its model to its answer");
    queueTime = seconds(registry, "queue", "Time that a request waited for a worker");
    preprocessTime = seconds(registry, "preprocess", "Time that preprocessing a request took");
    inferenceTime = seconds(registry, "inference", "Time that inference of a batch took");
    postprocessTime = seconds(registry, "postprocess", "Time that postprocessing a request took");
    batchSize =
        registry.histogram("sconce_batch_size", "Requests that went together", SIZES, LABELS);
    loadTime =
        registry.gauge(
            "sconce_model_load_duration_seconds",
            "Time that the last worker to start took to open its handler",
            LABELS);
  }

  private static Family<Histogram> seconds(MetricRegistry registry, String what, String help) {
    return registry.histogram("sconce_" + what + "_duration_seconds", help, SECONDS, LABELS);
  }

  /** The metrics of one model version; all but the load time are there from now on. */
  OfModel of(String name, String version) {
    Map<Outcome, Counter> outcomes = new EnumMap<>(Outcome.class);
    for (Outcome outcome : Outcome.values()) {
      outcomes.put(outcome, requests.with(name, version, outcome.label()));
    }
    return new OfModel(
        outcomes,
        seconds -> loadTime.with(name, version).set(seconds),
        requestTime.with(name, version),
        queueTime.with(name, version),
        preprocessTime.with(name, version),
        inferenceTime.with(name, version),
        postprocessTime.with(name, version),
        batchSize.with(name, version));
  }

  /** The metrics of one model version. */
  record OfModel(
      Map<Outcome, Counter> requests,
      Gauge loadTime,
      Histogram requestTime,
      Histogram queueTime,
      Histogram preprocessTime,
      Histogram inferenceTime,
      Histogram postprocessTime,
      Histogram batchSize) {}

  void remove(String name, String version) {
    for (Outcome outcome : Outcome.values()) {
      requests.remove(name, version, outcome.label());
    }
    loadTime.remove(name, version);
    requestTime.remove(name, version);
    queueTime.remove(name, version);
    preprocessTime.remove(name, version);
    inferenceTime.remove(name, version);
    postprocessTime.remove(name, version);
    batchSize.remove(name, version);
  }
}
