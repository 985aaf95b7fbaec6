package dev.sconce.worker;

import dev.sconce.metrics.Counter;
import dev.sconce.metrics.Family;
import dev.sconce.metrics.Gauge;
import dev.sconce.metrics.MetricRegistry;

/**
 * What TorchServe counts of the requests that reach a model, under its names. Versions are as the
 * caller named them, {@code default} if at all. Safe from any thread.
 */
final class TorchServeMetrics {
  private static final String HOST_LEVEL = "Host";
  private static final String MODEL_LEVEL = "Model";

  private final String host;
  private final Family<Counter> requests;
  private final Family<Counter> latency;
  private final Family<Counter> queueLatency;
  private final Family<Gauge> handlerTime;
  private final Family<Gauge> predictionTime;
  private final Family<Gauge> workerLoadTime;
  private final Family<Gauge> queueTime;
  private final Family<Gauge> workerThreadTime;

  TorchServeMetrics(MetricRegistry registry, String host) {
    this.host = host;
    String[] model = {"model_name", "model_version", "hostname"};
    String[] level = {"Level", "Hostname"};
    String[] handler = {"ModelName", "Level", "Hostname"};
    requests = registry.torchServeCounter("ts_inference_requests_total", "Count", model);
    latency =
        registry.torchServeCounter("ts_inference_latency_microseconds", "Microseconds", model);
    queueLatency =
        registry.torchServeCounter("ts_queue_latency_microseconds", "Microseconds", model);
    queueTime = registry.torchServeGauge("QueueTime", "Milliseconds", level);
    workerThreadTime = registry.torchServeGauge("WorkerThreadTime", "Milliseconds", level);
    workerLoadTime =
        registry.torchServeGauge(
            "WorkerLoadTime", "Milliseconds", "WorkerName", "Level", "Hostname");
    handlerTime = registry.torchServeModelGauge("HandlerTime", "ms", handler);
    predictionTime = registry.torchServeModelGauge("PredictionTime", "ms", handler);
  }

  /** The counters of requests that name a model in one way. */
  record OfVersion(Counter requests, Counter latency, Counter queueLatency) {}

  /** What a model's workers last measured. */
  record OfWorkers(
      Gauge queueTime, Gauge workerThreadTime, Gauge handlerTime, Gauge predictionTime) {}

  OfVersion version(String model, String versionLabel) {
    return new OfVersion(
        requests.with(model, versionLabel, host),
        latency.with(model, versionLabel, host),
        queueLatency.with(model, versionLabel, host));
  }

  OfWorkers workers(String model) {
    return new OfWorkers(
        queueTime.with(HOST_LEVEL, host),
        workerThreadTime.with(HOST_LEVEL, host),
        handlerTime.with(model, MODEL_LEVEL, host),
        predictionTime.with(model, MODEL_LEVEL, host));
  }

  void workerLoaded(String workerName, double millis) {
    workerLoadTime.with(workerName, HOST_LEVEL, host).set(millis);
  }

  void workerEnded(String workerName) {
    workerLoadTime.remove(workerName, HOST_LEVEL, host);
  }

  void removeVersion(String model, String version) {
    requests.remove(model, version, host);
    latency.remove(model, version, host);
    queueLatency.remove(model, version, host);
  }

  void removeModel(String model) {
    removeVersion(model, WorkerPool.DEFAULT_VERSION);
    handlerTime.remove(model, MODEL_LEVEL, host);
    predictionTime.remove(model, MODEL_LEVEL, host);
  }
}
