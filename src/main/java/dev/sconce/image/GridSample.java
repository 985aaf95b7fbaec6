package dev.sconce.image;

import java.util.Arrays;

/**
 * Reads a picture at the points of a grid: along the rows, then along the columns. Of the input no
 * more rows are held than count for one of the output. It belongs to one thread.
 */
final class GridSample {
  private final FloatRows in;
  private final GridAxis across;

  /** An input row. */
  private final float[] line;

  /** Input rows at the columns of the grid, each at its number modulo their count. */
  private final float[][] sampled;

  private final int[] held;

  private GridSample(FloatRows in, GridAxis across, int rowsAtOnce) {
    this.in = in;
    this.across = across;
    this.line = new float[FloatRows.CHANNELS * in.width()];
    this.sampled = new float[rowsAtOnce][FloatRows.CHANNELS * across.count()];
    this.held = new int[rowsAtOnce];
    Arrays.fill(held, -1);
  }

  /** The values at the crossings of two axes. */
  static FloatImage read(FloatRows in, GridAxis across, GridAxis down) {
    GridSample sample = new GridSample(in, across, down.pixels(0).length);
    int length = FloatRows.CHANNELS * across.count();
    float[] values = new float[length * down.count()];
    for (int y = 0; y < down.count(); y++) {
      for (int tap = 0; tap < down.pixels(y).length; tap++) {
        float weight = down.weights(y)[tap];
        if (weight != 0) {
          add(values, y * length, sample.row(down.pixels(y)[tap]), weight);
        }
      }
    }
    return new FloatImage(across.count(), down.count(), values);
  }

  private static void add(float[] values, int at, float[] row, float weight) {
    for (int i = 0; i < row.length; i++) {
      values[at + i] += row[i] * weight;
    }
  }

  private float[] row(int y) {
    int slot = y % held.length;
    if (held[slot] != y) {
      in.read(y, line);
      sample(sampled[slot]);
      held[slot] = y;
    }
    return sampled[slot];
  }

  private void sample(float[] to) {
    for (int x = 0; x < across.count(); x++) {
      int[] pixels = across.pixels(x);
      float[] weights = across.weights(x);
      float red = 0;
      float green = 0;
      float blue = 0;
      for (int tap = 0; tap < pixels.length; tap++) {
        int from = FloatRows.CHANNELS * pixels[tap];
        red += line[from] * weights[tap];
        green += line[from + 1] * weights[tap];
        blue += line[from + 2] * weights[tap];
      }
      to[FloatRows.CHANNELS * x] = red;
      to[FloatRows.CHANNELS * x + 1] = green;
      to[FloatRows.CHANNELS * x + 2] = blue;
    }
  }
}
