package dev.sconce.metrics;

/** A number that only grows. Safe from any thread; takes no lock. */
@FunctionalInterface
public interface Counter {
  /**
   * Adds to the number.
   *
   * @param amount at least 0
   */
  void add(double amount);
}
