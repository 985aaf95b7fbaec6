package dev.sconce.worker;

import dev.sconce.handler.Device;
import dev.sconce.worker.WorkerStatus.State;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One worker of a pool, over all its shifts. What can change belongs to the crew's lock; futures
 * are completed without it.
 */
final class Worker {
  private final int id;
  private final String name;
  private final Device device;
  private final Instant startTime;
  private final BackOff backOff;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private CompletableFuture<Void> ready = new CompletableFuture<>();
  private @Nullable Shift shift;
  private boolean served;
  private boolean stopping;

  /**
   * A worker without a shift.
   *
   * @param modelLabel the model's name and version, as in {@code siamese_1.0}
   */
  Worker(int id, String modelLabel, Device device, Instant startTime, BackOff backOff) {
    this.id = id;
    this.name = "W-" + id + "-" + modelLabel;
    this.device = device;
    this.startTime = startTime;
    this.backOff = backOff;
  }

  /** A shift has begun. */
  void begun(Shift begun) {
    shift = begun;
  }

  /** The shift takes requests. */
  void becameReady() {
    served = true;
    backOff.reset();
  }

  /** The shift is over, or given up on. */
  void lostShift() {
    shift = null;
    if (ready.isDone()) {
      ready = new CompletableFuture<>();
    }
  }

  void stop() {
    stopping = true;
    shift().ifPresent(Shift::stop);
  }

  Optional<Shift> shift() {
    return Optional.ofNullable(shift);
  }

  boolean isStopping() {
    return stopping;
  }

  /** Whether it ever took requests: only then is it worth another try. */
  boolean hasServed() {
    return served;
  }

  BackOff backOff() {
    return backOff;
  }

  String name() {
    return name;
  }

  Device device() {
    return device;
  }

  /**
   * Completes once the handler is open; or, after {@link #ended}, with what opening it threw. After
   * a failure this is a new one.
   */
  CompletableFuture<Void> ready() {
    return ready;
  }

  /** Completes once the handler is closed, or its thread given up on, and no other will begin. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** TorchServe calls a worker that waits for its restart {@code UNLOADING}, too. */
  WorkerStatus status() {
    State state =
        shift == null || stopping ? State.UNLOADING : shift.isOpen() ? State.READY : State.LOADING;
    return new WorkerStatus(id, startTime, state, device);
  }
}
