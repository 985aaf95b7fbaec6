package dev.sconce.metrics;

/** How often a quantity lay between which bounds. Safe from any thread; takes no lock. */
@FunctionalInterface
public interface Histogram {
  /** Counts one value. */
  void observe(double value);
}
