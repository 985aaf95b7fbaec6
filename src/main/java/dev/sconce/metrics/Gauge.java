package dev.sconce.metrics;

/** A number that goes up and down. Safe from any thread. */
@FunctionalInterface
public interface Gauge {
  /** Sets the number. */
  void set(double value);

  /**
   * As {@link #set}; where the family is logged, the line names the requests.
   *
   * @param requestIds of the batch that the value tells of, with commas between
   */
  default void set(double value, String requestIds) {
    set(value);
  }
}
