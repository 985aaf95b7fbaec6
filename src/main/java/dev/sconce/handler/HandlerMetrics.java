package dev.sconce.handler;

/**
 * A handler's own metrics, as {@code context.metrics} is for a Python handler of TorchServe's: each
 * stands on {@code /metrics} and, for every value, as a line in {@code model_metrics.log}, as
 * {@code metrics_mode} says. To be declared in {@link Handler#initialize} and kept in fields:
 *
 * <pre>{@code
 * boats = context.metrics().counter("BoatsSeen", "count", "Kind");
 * …
 * boats.record(1, "sail");
 * // BoatsSeen{Kind="sail",ModelName="harbour",Level="Model",Hostname="…",} 1.0
 * }</pre>
 *
 * <p>All workers and versions of a model share them; they go when its last version does. Safe from
 * any thread.
 */
public interface HandlerMetrics {
  /** Takes any declaration and value and keeps nothing: for tests of handlers. */
  HandlerMetrics NONE =
      new HandlerMetrics() {
        private static final Metric NOTHING = (value, dimensionValues) -> {};

        @Override
        public Metric counter(String name, String unit, String... dimensions) {
          return NOTHING;
        }

        @Override
        public Metric gauge(String name, String unit, String... dimensions) {
          return NOTHING;
        }

        @Override
        public Metric histogram(String name, String unit, String... dimensions) {
          return NOTHING;
        }
      };

  /** How many metrics a model may have. */
  int MOST_METRICS = 100;

  /** How many sets of values a metric's dimensions may take. */
  int MOST_VALUES = 1000;

  /**
   * A number that only grows, by what is recorded.
   *
   * @param name letters, digits and {@code _}, no digit first
   * @param unit for people, as in {@code count}, {@code ms} or {@code percent}
   * @param dimensions names of labels, besides {@code ModelName}, {@code Level} and {@code
   *     Hostname}, which every metric has
   * @throws IllegalArgumentException if a name is no name, or is taken: by the server, or by this
   *     or another model with another type, unit or other dimensions; or if there are {@link
   *     #MOST_METRICS} already
   */
  Metric counter(String name, String unit, String... dimensions);

  /** A number that is what was last recorded; see {@link #counter}. */
  Metric gauge(String name, String unit, String... dimensions);

  /**
   * How often what is recorded was at most 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, … 7.5 and 10; see
   * {@link #counter}.
   */
  Metric histogram(String name, String unit, String... dimensions);

  /** One metric. Safe from any thread. */
  @FunctionalInterface
  interface Metric {
    /**
     * Records a value. Never fails: what cannot be recorded (too few or too many values of
     * dimensions, a counter's negative value, one more than {@link #MOST_VALUES}) is left out, and
     * the log says so once.
     *
     * @param dimensionValues one for each of the metric's dimensions, in their order
     */
    void record(double value, String... dimensionValues);
  }
}
