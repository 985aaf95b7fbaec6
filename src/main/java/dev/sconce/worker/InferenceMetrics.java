package dev.sconce.worker;

import dev.sconce.metrics.Counter;
import dev.sconce.metrics.Gauge;
import dev.sconce.metrics.MetricRegistry;

/**
 * What TorchServe counts of the requests that reach a model. One for the server; safe from any
 * thread.
 */
public final class InferenceMetrics {
  private static final double NANOS_PER_MICRO = 1e3;
  private static final double NANOS_PER_MILLI = 1e6;

  private final String host;
  private final Counter requests;
  private final Counter latency;
  private final Counter queueLatency;
  private final Gauge queueTime;
  private final Gauge handlerTime;
  private final Gauge predictionTime;
  private final Gauge workerLoadTime;

  /** Adds the families to {@code registry}. */
  public InferenceMetrics(MetricRegistry registry, String host) {
    this.host = host;
    String[] model = {"model_name", "model_version", "hostname"};
    requests = registry.counter("ts_inference_requests_total", "Count", model);
    latency = registry.counter("ts_inference_latency_microseconds", "Microseconds", model);
    queueLatency = registry.counter("ts_queue_latency_microseconds", "Microseconds", model);
    queueTime = registry.gauge("QueueTime", "Milliseconds", "Level", "Hostname");
    handlerTime = registry.gauge("HandlerTime", "ms", "ModelName", "Level", "Hostname");
    predictionTime = registry.gauge("PredictionTime", "ms", "ModelName", "Level", "Hostname");
    workerLoadTime =
        registry.gauge("WorkerLoadTime", "Milliseconds", "WorkerName", "Level", "Hostname");
  }

  void requested(String model, String version) {
    requests.add(1, model, version, host);
  }

  void answered(String model, String version, long queueNanos, long totalNanos) {
    queueLatency.add(queueNanos / NANOS_PER_MICRO, model, version, host);
    latency.add(totalNanos / NANOS_PER_MICRO, model, version, host);
    queueTime.set(queueNanos / NANOS_PER_MILLI, "Host", host);
  }

  void handled(String model, long nanos) {
    handlerTime.set(nanos / NANOS_PER_MILLI, model, "Model", host);
    predictionTime.set(nanos / NANOS_PER_MILLI, model, "Model", host);
  }

  void workerLoaded(String workerName, long nanos) {
    workerLoadTime.set(nanos / NANOS_PER_MILLI, workerName, "Host", host);
  }
}
