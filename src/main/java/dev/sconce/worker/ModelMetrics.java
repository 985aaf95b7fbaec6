package dev.sconce.worker;

import dev.sconce.error.ServingException;
import dev.sconce.handler.Output;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What one pool counts and measures. Safe from any thread; takes no lock of its own, and looks its
 * metrics up once.
 */
final class ModelMetrics {
  private static final double NANOS_PER_MICRO = 1e3;
  private static final double NANOS_PER_SECOND = 1e9;

  private final String model;
  private final String version;
  private final TorchServeMetrics torchServe;
  private final ModelFamilies.OfModel own;
  private final Supplier<List<WorkerStatus>> workers;
  private final IntSupplier queued;

  /** By what callers named the version: by it, or {@code default}. */
  private final Map<String, TorchServeMetrics.OfVersion> versions = new ConcurrentHashMap<>();

  /** Looked up when there is something to tell: TorchServe shows no zero before. */
  private volatile TorchServeMetrics.@Nullable OfWorkers last;

  ModelMetrics(
      String model,
      String version,
      TorchServeMetrics torchServe,
      ModelFamilies.OfModel own,
      Supplier<List<WorkerStatus>> workers,
      IntSupplier queued) {
    this.model = model;
    this.version = version;
    this.torchServe = torchServe;
    this.own = own;
    this.workers = workers;
    this.queued = queued;
  }

  String model() {
    return model;
  }

  String version() {
    return version;
  }

  /** The pool's workers at this moment. */
  List<WorkerStatus> workers() {
    return workers.get();
  }

  /** How many requests wait at this moment. */
  int queued() {
    return queued.getAsInt();
  }

  /** A request has come. */
  void requested(String versionLabel) {
    ofVersion(versionLabel).requests().add(1);
  }

  /** A request was turned away at the door; gives back what it is told. */
  ServingException refused(ServingException refusal) {
    count(Outcome.of(null, refusal));
    return refusal;
  }

  /** A request that was let in has come to its end; called once for each. */
  void ended(Job job, @Nullable Output output, @Nullable Throwable failure, long nowNanos) {
    count(Outcome.of(output, failure));
    own.requestTime().observe((nowNanos - job.enqueuedNanos()) / NANOS_PER_SECOND);
  }

  private void count(Outcome outcome) {
    Objects.requireNonNull(own.requests().get(outcome)).add(1);
  }

  /** A worker has taken a batch. */
  void taken(List<Job> batch, long nowNanos) {
    own.batchSize().observe(batch.size());
    for (Job job : batch) {
      own.queueTime().observe((nowNanos - job.enqueuedNanos()) / NANOS_PER_SECOND);
    }
  }

  void preprocessed(long nanos) {
    own.preprocessTime().observe(nanos / NANOS_PER_SECOND);
  }

  void inferred(long nanos) {
    own.inferenceTime().observe(nanos / NANOS_PER_SECOND);
  }

  void postprocessed(long nanos) {
    own.postprocessTime().observe(nanos / NANOS_PER_SECOND);
  }

  /**
   * A batch is done.
   *
   * @param handlerNanos how much of the time from {@code startNanos} to {@code endNanos} was the
   *     handler's
   */
  void handled(List<Job> batch, long startNanos, long endNanos, long handlerNanos) {
    TorchServeMetrics.OfWorkers gauges = ofWorkers();
    String ids =
        batch.stream().map(job -> job.input().requestId()).collect(Collectors.joining(","));
    long nanos = endNanos - startNanos;
    gauges.handlerTime().set(millis(handlerNanos), ids);
    gauges.predictionTime().set(millis(nanos), ids);
    gauges.workerThreadTime().set(millis(nanos - handlerNanos));
    for (Job job : batch) {
      if (!job.answer().isCompletedExceptionally()) {
        answered(job, startNanos, endNanos, gauges);
      }
    }
  }

  private void answered(
      Job job, long startNanos, long endNanos, TorchServeMetrics.OfWorkers gauges) {
    long queueNanos = startNanos - job.enqueuedNanos();
    TorchServeMetrics.OfVersion counters = ofVersion(job.versionLabel());
    counters.queueLatency().add(queueNanos / NANOS_PER_MICRO);
    counters.latency().add((endNanos - job.enqueuedNanos()) / NANOS_PER_MICRO);
    gauges.queueTime().set(millis(queueNanos));
  }

  void workerLoaded(String workerName, long nanos) {
    torchServe.workerLoaded(workerName, millis(nanos));
    own.loadTime().set(nanos / NANOS_PER_SECOND);
  }

  void workerEnded(String workerName) {
    torchServe.workerEnded(workerName);
  }

  private TorchServeMetrics.OfVersion ofVersion(String label) {
    return versions.computeIfAbsent(label, it -> torchServe.version(model, it));
  }

  private TorchServeMetrics.OfWorkers ofWorkers() {
    TorchServeMetrics.@Nullable OfWorkers known = last;
    if (known == null) {
      known = torchServe.workers(model);
      last = known;
    }
    return known;
  }

  /** To a thousandth: what reads TorchServe's logs knows no exponents. */
  private static double millis(long nanos) {
    return Math.round(nanos / NANOS_PER_MICRO) / 1e3;
  }
}
