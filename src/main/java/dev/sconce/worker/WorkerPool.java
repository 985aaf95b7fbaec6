package dev.sconce.worker;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerOpener;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.worker.WorkerStatus.State;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The workers of one model version and the queue in front of them.
 *
 * <p>Safe from any thread.
 */
public final class WorkerPool {
  /** Far more than any machine has cores; each is a thread. */
  private static final int MOST_WORKERS = 1000;

  /** The label of requests that name no version. */
  public static final String DEFAULT_VERSION = "default";

  private final PoolSettings settings;
  private final Refusals refusals;
  private final PoolTools tools;
  private final BatchQueue queue;
  private final Crew crew;
  private final ModelMetrics metrics;
  private volatile Map<String, Object> handlerDescription = Map.of();

  /** A pool without workers; {@link #scale} adds them. */
  public WorkerPool(
      String modelName,
      String modelVersion,
      PoolSettings settings,
      HandlerOpener opener,
      PoolTools tools) {
    this.refusals = new Refusals(modelName);
    this.settings = settings;
    this.tools = tools;
    this.queue = new BatchQueue(settings.queueCapacity(), settings.onlyIdleWorkers());
    this.crew = new Crew(refusals, modelVersion, settings, opener, tools, new PoolWork());
    this.metrics = tools.metrics().open(modelName, modelVersion, crew::workers, queue::size);
  }

  /**
   * Queues a request.
   *
   * @param versionLabel the version as the caller named it, or {@link #DEFAULT_VERSION}
   * @return completes with an {@link Output.Answer} or an {@link Output.Stream}, on a worker's
   *     thread, or exceptionally with a {@link ServingException}; cancel it when the caller has
   *     gone
   * @throws ServingException {@code NO_WORKER} or {@code QUEUE_FULL}
   */
  public CompletableFuture<Output> submit(Input input, String versionLabel) {
    metrics.requested(versionLabel);
    CompletableFuture<Output> answer = new CompletableFuture<>();
    Job job = new Job(input, versionLabel, tools.nanoClock().getAsLong(), answer);
    switch (crew.takesWork() ? queue.offer(job) : BatchQueue.Offer.CLOSED) {
      case CLOSED -> throw metrics.refused(refusals.noWorker(crew.failure(), versionLabel));
      case FULL -> {
        String full = "the job queue is full, " + queue.capacity() + " requests wait";
        throw metrics.refused(refusals.queueFull(full));
      }
      case NO_IDLE_WORKER -> throw metrics.refused(refusals.queueFull("no worker is idle"));
      case ACCEPTED -> expireAtDeadline(job);
    }
    if (!crew.takesWork()) {
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

  /**
   * Starts workers until there are {@code min}, stops the newest until there are at most {@code
   * max}. Workers that stop finish the batch they are at.
   *
   * @return completes once every worker that stays is ready and every stopped one has ended, or
   *     exceptionally with what opening a handler threw, a {@link TimeoutException} if that took
   *     too long; then the workers that failed are gone and the others stay
   * @throws ServingException {@code BAD_REQUEST} if the numbers contradict each other or there are
   *     to be more than 1,000 workers, {@code MODEL_NOT_FOUND} once the pool is closed, {@code
   *     NO_WORKER} while too many threads hang
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
    return crew.scale(min, max);
  }

  /**
   * Takes no more requests, answers those that wait, ends every worker.
   *
   * @return completes when all have ended; those that hang, when they are given up on
   */
  public CompletableFuture<Void> close() {
    queue.close();
    return crew.close().whenComplete((done, failure) -> tools.metrics().close(metrics));
  }

  /**
   * Completes once the pool is closed, no thread of it runs any more, not even one that was given
   * up on, and what they shared is freed.
   */
  public CompletableFuture<Void> released() {
    return crew.released();
  }

  /** Whether a thread runs that was given up on because its handler hangs. */
  public boolean hasAbandonedThreads() {
    return crew.hasAbandoned();
  }

  /** Why there are fewer workers than asked for, if some were given up for good. */
  public Optional<String> failure() {
    return crew.failure();
  }

  /** How many workers take requests. */
  public int readyWorkers() {
    return (int) crew.workers().stream().filter(worker -> worker.state() == State.READY).count();
  }

  /** How many workers there are to be at least. */
  public int minWorkers() {
    return crew.minWorkers();
  }

  /** How many workers there may be at most. */
  public int maxWorkers() {
    return crew.maxWorkers();
  }

  /** Every worker, the oldest first. */
  public List<WorkerStatus> workers() {
    return crew.workers();
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

  private void failWaiting() {
    queue.drain().forEach(job -> job.fail(refusals.noWorker(crew.failure(), job.versionLabel())));
  }

  private final class PoolWork implements Work {
    @Override
    public List<Job> take(Shift shift) throws InterruptedException {
      long delayNanos = settings.maxBatchDelay().toNanos();
      List<Job> batch = queue.take(settings.batchSize(), delayNanos, shift::isStopping);
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
    public void dismissed(Worker worker) {
      metrics.workerEnded(worker.name());
    }

    @Override
    public void changed() {
      queue.wakeAll();
      if (!crew.takesWork()) {
        failWaiting();
      }
    }
  }
}
