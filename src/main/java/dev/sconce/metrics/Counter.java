package dev.sconce.metrics;

/** A family of numbers that only grow, one for each set of label values. Safe from any thread. */
@FunctionalInterface
public interface Counter {
  /**
   * Adds to one number.
   *
   * @param amount at least 0
   * @param labelValues one for each label of the family, in its order
   */
  void add(double amount, String... labelValues);
}
