package dev.sconce.worker;

import dev.sconce.handler.Device;
import java.time.Instant;

/**
 * One worker at one moment.
 *
 * @param id unique in the server, counted up from 9000 as TorchServe does
 * @param startTime when the worker was started
 * @param state what it is at
 * @param device where it computes
 */
public record WorkerStatus(int id, Instant startTime, State state, Device device) {
  /** What a worker can be at. */
  public enum State {
    /** Opening its handler. */
    LOADING,
    /** Taking requests. */
    READY,
    /** Finishing its last batch. */
    UNLOADING
  }
}
