package dev.sconce.worker;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Device;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerOpener;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.handler.SharedResources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The workers of one model version and the queue in front of them.
 *
 * <p>Safe from any thread. The list of workers and what they share belong to this object's lock; no
 * handler runs and no future completes while it is held.
 */
public final class WorkerPool {
  /** Far more than any machine has cores; each is a thread. */
  private static final int MOST_WORKERS = 1000;

  private final String modelName;
  private final String modelVersion;
  private final PoolSettings settings;
  private final HandlerOpener opener;
  private final PoolTools tools;
  private final BatchQueue queue;
  private final ModelMetrics metrics;
  private final Worker.Duties duties = new PoolDuties();

  /** All whose thread has not ended, the oldest first; some may be stopping. */
  private final List<Worker> workers = new ArrayList<>();

  private final Map<Device, SharedByWorkers> shared = new HashMap<>();
  private int minWorkers;
  private int maxWorkers;
  private int started;
  private boolean closed;
  private volatile Map<String, Object> handlerDescription = Map.of();

  /** A pool without workers; {@link #scale} adds them. */
  public WorkerPool(
      String modelName,
      String modelVersion,
      PoolSettings settings,
      HandlerOpener opener,
      PoolTools tools) {
    this.modelName = modelName;
    this.modelVersion = modelVersion;
    this.settings = settings;
    this.opener = opener;
    this.tools = tools;
    this.queue = new BatchQueue(settings.queueCapacity());
    this.metrics = tools.metrics().open(modelName, modelVersion, this::workers, queue::size);
  }

  /** What workers of one device share, and how many there are. */
  private static final class SharedByWorkers {
    final SharedResources resources = new SharedResources();
    int workers;
  }

  /**
   * Queues a request.
   *
   * @param versionLabel the version as the caller named it, or {@code default}; for metrics
   * @return completes with an {@link Output.Answer} or an {@link Output.Stream}, on a worker's
   *     thread, or exceptionally with a {@link ServingException}; cancel it when the caller has
   *     gone
   * @throws ServingException {@code NO_WORKER} or {@code QUEUE_FULL}
   */
  public CompletableFuture<Output> submit(Input input, String versionLabel) {
    metrics.requested(versionLabel);
    CompletableFuture<Output> answer = new CompletableFuture<>();
    Job job = new Job(input, versionLabel, tools.nanoClock().getAsLong(), answer);
    switch (hasWorkers() ? queue.offer(job) : BatchQueue.Offer.CLOSED) {
      case CLOSED -> throw metrics.refused(noWorker());
      case FULL -> throw metrics.refused(queueFull());
      case ACCEPTED -> expireAtDeadline(job);
    }
    if (!hasWorkers()) {
      failWaiting(); // the last worker ended just now and may not have seen this job
    }
    return answer;
  }

  private void expireAtDeadline(Job job) {
    Duration timeLeft = job.input().deadline().timeLeft();
    Future<?> timer = tools.timer().schedule(job::expire, timeLeft.toNanos(), TimeUnit.NANOSECONDS);
    CompletableFuture<Output> unused =
        job.answer()
            .whenComplete(
                (output, failure) -> {
                  timer.cancel(false);
                  metrics.ended(job, output, failure, tools.nanoClock().getAsLong());
                });
  }

  private ServingException noWorker() {
    return new ServingException(
        ErrorCode.NO_WORKER,
        "Model \""
            + modelName
            + "\" has no worker to serve inference request. Please use scale workers API to add"
            + " workers.");
  }

  private ServingException queueFull() {
    return new ServingException(
        ErrorCode.QUEUE_FULL,
        "Model \""
            + modelName
            + "\": the job queue is full, "
            + queue.capacity()
            + " requests wait. Please try again later.");
  }

  /**
   * Starts workers until there are {@code min}, stops the newest until there are at most {@code
   * max}. Workers that stop finish the batch they are at.
   *
   * @return completes once every worker that stays is ready and every stopped one has ended, or
   *     exceptionally with what opening a handler threw; then the workers that failed are gone and
   *     the others stay
   * @throws ServingException {@code BAD_REQUEST} if the numbers contradict each other or there are
   *     to be more than 1,000 workers, {@code MODEL_NOT_FOUND} once the pool is closed
   */
  public CompletableFuture<Void> scale(int min, int max) {
    if (min < 0 || min > MOST_WORKERS) {
      throw new ServingException(
          ErrorCode.BAD_REQUEST, "min_worker: " + min + " (expected: 0 to " + MOST_WORKERS + ")");
    }
    if (max < min) {
      throw new ServingException(
          ErrorCode.BAD_REQUEST, "max_worker cannot be less than min_worker.");
    }
    List<CompletableFuture<?>> changes = new ArrayList<>();
    synchronized (this) {
      if (closed) {
        throw new ServingException(ErrorCode.MODEL_NOT_FOUND, "Model not found: " + modelName);
      }
      minWorkers = min;
      maxWorkers = max;
      List<Worker> staying = workers.stream().filter(worker -> !worker.isStopping()).toList();
      int kept = Math.min(max, staying.size());
      staying.subList(0, kept).forEach(worker -> changes.add(worker.ready()));
      for (Worker surplus : staying.subList(kept, staying.size())) {
        surplus.stop();
        changes.add(surplus.ended());
      }
      for (int i = kept; i < min; i++) {
        changes.add(startWorker().ready());
      }
    }
    queue.wakeAll();
    return CompletableFuture.allOf(changes.toArray(CompletableFuture[]::new));
  }

  /** Called with the lock held. */
  private Worker startWorker() {
    Device device = settings.devices().get(started++ % settings.devices().size());
    SharedByWorkers common = shared.computeIfAbsent(device, d -> new SharedByWorkers());
    Worker worker =
        new Worker(
            tools.workerIds().getAsInt(),
            modelName + "_" + modelVersion,
            device,
            tools.clock().instant(),
            tools.nanoClock());
    worker.start(() -> opener.open(device, common.resources), duties);
    workers.add(worker); // only now: a thread that the system refuses to start never ends
    common.workers++;
    return worker;
  }

  /**
   * Takes no more requests, answers those that wait, ends every worker and frees what they shared.
   *
   * @return completes when that is done
   */
  public CompletableFuture<Void> close() {
    queue.close();
    List<CompletableFuture<Void>> endings;
    synchronized (this) {
      closed = true;
      endings = workers.stream().map(Worker::ended).toList();
    }
    return CompletableFuture.allOf(endings.toArray(CompletableFuture[]::new))
        .whenComplete((done, failure) -> tools.metrics().close(metrics));
  }

  /** How many workers take requests. */
  public synchronized int readyWorkers() {
    return (int) workers.stream().filter(Worker::isReady).count();
  }

  /** How many workers there are to be at least. */
  public synchronized int minWorkers() {
    return minWorkers;
  }

  /** How many workers there may be at most. */
  public synchronized int maxWorkers() {
    return maxWorkers;
  }

  /** Every worker, the oldest first. */
  public synchronized List<WorkerStatus> workers() {
    return workers.stream().map(Worker::status).toList();
  }

  /** How many requests wait. */
  public int queued() {
    return queue.size();
  }

  /** How the pool was set up. */
  public PoolSettings settings() {
    return settings;
  }

  /** What the handler said of itself after its last inference; empty until one has been opened. */
  public Map<String, Object> handlerDescription() {
    return handlerDescription;
  }

  private synchronized boolean hasWorkers() {
    return workers.stream().anyMatch(worker -> !worker.isStopping());
  }

  /** The last worker of a device closes what they shared, the last one of all empties the queue. */
  private void forget(Worker worker) {
    boolean lastOnDevice;
    SharedByWorkers common;
    synchronized (this) {
      workers.remove(worker);
      common = Objects.requireNonNull(shared.get(worker.device()));
      common.workers--;
      lastOnDevice = common.workers == 0;
      if (lastOnDevice) {
        shared.remove(worker.device());
      }
    }
    if (lastOnDevice) {
      common.resources.close();
    }
    if (!hasWorkers()) {
      failWaiting();
    }
  }

  private void failWaiting() {
    queue.drain().forEach(job -> job.fail(noWorker()));
  }

  private final class PoolDuties implements Worker.Duties {
    @Override
    public List<Job> take(Worker worker) throws InterruptedException {
      long delayNanos = settings.maxBatchDelay().toNanos();
      List<Job> batch = queue.take(settings.batchSize(), delayNanos, worker::isStopping);
      if (!batch.isEmpty()) {
        metrics.taken(batch, tools.nanoClock().getAsLong());
      }
      return batch;
    }

    @Override
    public void opened(Worker worker, Handler<?, ?> handler, long nanos) {
      inferred(handler);
      metrics.workerLoaded(worker.name(), nanos);
    }

    @Override
    public void inferred(Handler<?, ?> handler) {
      handlerDescription = Collections.unmodifiableMap(new LinkedHashMap<>(handler.describe()));
    }

    @Override
    public ModelMetrics metrics() {
      return metrics;
    }

    @Override
    public void ended(Worker worker) {
      forget(worker);
      metrics.workerEnded(worker.name());
    }
  }
}
