package dev.sconce.metrics;

/**
 * A family of numbers that go up and down, one for each set of label values. Safe from any thread.
 */
@FunctionalInterface
public interface Gauge {
  /**
   * Sets one number.
   *
   * @param labelValues one for each label of the family, in its order
   */
  void set(double value, String... labelValues);
}
