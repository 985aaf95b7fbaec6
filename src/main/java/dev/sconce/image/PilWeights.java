package dev.sconce.image;

/**
 * How much each input pixel counts for each output pixel along one side, by one of Pillow's filters
 * (precompute_coeffs and normalize_coeffs_8bpc in its Resample.c). Immutable.
 */
final class PilWeights {
  /** Fractional bits of a weight. */
  static final int PRECISION = 32 - 8 - 2;

  private final int[] starts;
  private final int[][] weights;

  /**
   * Weights of a part of the output.
   *
   * @param filter weighs the pixels around a point
   * @param in pixels of the input's side
   * @param out pixels of the whole output's side
   * @param from the first output pixel that is wanted
   * @param count how many are wanted
   */
  PilWeights(ResizeFilter filter, int in, int out, int from, int count) {
    starts = new int[count];
    weights = new int[count][];
    double scale = (double) in / out;
    double filterScale = Math.max(scale, 1);
    double support = filter.support() * filterScale;
    for (int i = 0; i < count; i++) {
      double center = (from + i + 0.5) * scale;
      int start = Math.max(0, (int) (center - support + 0.5));
      int end = Math.min(in, (int) (center + support + 0.5));
      starts[i] = start;
      weights[i] = weights(filter, start, end, center, 1 / filterScale);
    }
  }

  private static int[] weights(
      ResizeFilter filter, int start, int end, double center, double inverseScale) {
    double[] exact = new double[end - start];
    double sum = 0;
    for (int i = 0; i < exact.length; i++) {
      exact[i] = filter.weight((i + start - center + 0.5) * inverseScale);
      sum += exact[i];
    }
    int[] weights = new int[exact.length];
    for (int i = 0; i < weights.length; i++) {
      double scaled = exact[i] / sum * (1 << PRECISION);
      weights[i] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    }
    return weights;
  }

  /** How many output pixels there are. */
  int count() {
    return starts.length;
  }

  /** The first input pixel that counts for an output pixel. */
  int start(int output) {
    return starts[output];
  }

  /** Behind the last input pixel that counts for an output pixel. */
  int end(int output) {
    return starts[output] + weights[output].length;
  }

  /** The weights of the input pixels from {@link #start} on; not to be written to. */
  int[] weights(int output) {
    return weights[output];
  }
}
