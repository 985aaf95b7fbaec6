package dev.sconce.metrics;

/**
 * The metrics of one name: one for each set of label values. Safe from any thread.
 *
 * @param <M> {@link Counter}, {@link Gauge} or {@link Histogram}
 */
public interface Family<M> {
  /**
   * The metric of these label values, there from now on; to be kept by those who use it often.
   *
   * @param labelValues one for each label of the family, in its order
   */
  M with(String... labelValues);

  /** Takes the metric of these label values out; what is still added to it is lost. */
  void remove(String... labelValues);

  /** Takes the family itself out; its name is free again. */
  void close();
}
