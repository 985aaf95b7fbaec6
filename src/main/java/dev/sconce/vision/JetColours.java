package dev.sconce.vision;

/**
 * matplotlib's colour map {@code jet} in 256 steps: for each channel, straight lines between the
 * points that its {@code _cm.py} lists.
 */
final class JetColours {
  private static final int STEPS = 256;

  /** Pairs of a position and the channel's strength there, both 0…1. */
  private static final double[][] RED = {{0, 0}, {0.35, 0}, {0.66, 1}, {0.89, 1}, {1, 0.5}};

  private static final double[][] GREEN = {
    {0, 0}, {0.125, 0}, {0.375, 1}, {0.64, 1}, {0.91, 0}, {1, 0}
  };

  private static final double[][] BLUE = {{0, 0.5}, {0.11, 1}, {0.34, 1}, {0.65, 0}, {1, 0}};

  private static final int[] TABLE = table();

  private JetColours() {}

  /**
   * The colour of a value.
   *
   * @param value 0, dark blue, to 1, dark red
   * @return red in bits 16 to 23, green in bits 8 to 15, blue in bits 0 to 7
   */
  static int of(float value) {
    return TABLE[Math.max(0, Math.min(STEPS - 1, (int) (value * STEPS)))];
  }

  private static int[] table() {
    int[] table = new int[STEPS];
    int last = STEPS - 1;
    for (int i = 0; i < STEPS; i++) {
      double at = last * (i * (1.0 / last)); // as NumPy's linspace rounds it
      table[i] = strength(RED, at) << 16 | strength(GREEN, at) << 8 | strength(BLUE, at);
    }
    return table;
  }

  /** 0 to 255, cut off and not rounded, as matplotlib does it. */
  private static int strength(double[][] points, double at) {
    int i = 1;
    while (points[i][0] * (STEPS - 1) < at) {
      i++;
    }
    double start = points[i - 1][0] * (STEPS - 1);
    double part = (at - start) / (points[i][0] * (STEPS - 1) - start);
    return (int) (255 * (part * (points[i][1] - points[i - 1][1]) + points[i - 1][1]));
  }
}
