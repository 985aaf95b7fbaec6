package dev.sconce.image;

import java.util.Arrays;

/**
 * Pillow's bilinear resampling of uint8 pictures, bit for bit (its Resample.c): first along the
 * rows, rounded to uint8, then along the columns. Downwards it averages over all pixels that an
 * output pixel covers. Safe for any thread.
 */
public final class PilResize {
  private static final int HALF = 1 << (PilWeights.PRECISION - 1);

  private final RgbImage in;
  private final PilWeights across;
  private final PilWeights down;

  /** One input row resampled, three ints to a pixel. */
  private final int[] line;

  /** The sums of the output rows that are under way. */
  private final int[][] sums;

  private final byte[] out;

  private PilResize(RgbImage in, PilWeights across, PilWeights down) {
    this.in = in;
    this.across = across;
    this.down = down;
    this.line = new int[3 * across.count()];
    this.sums = new int[down.mostAtOnce()][line.length];
    this.out = new byte[line.length * down.count()];
  }

  /**
   * The picture in another size, as {@code Image.resize((width, height), Image.BILINEAR)} gives it.
   *
   * @throws IllegalArgumentException if a side is not positive
   */
  public static RgbImage resize(RgbImage picture, int width, int height) {
    return resize(picture, width, height, 0, 0, width, height);
  }

  /** A part of the picture in another size; only that part is computed. */
  static RgbImage resize(
      RgbImage picture, int fullWidth, int fullHeight, int left, int top, int width, int height) {
    PilWeights across = new PilWeights(picture.width(), fullWidth, left, width);
    PilWeights down = new PilWeights(picture.height(), fullHeight, top, height);
    PilResize resize = new PilResize(picture, across, down);
    resize.run();
    return new RgbImage(width, height, resize.out);
  }

  /** Takes input rows in turn and adds each to all output rows that it counts for. */
  private void run() {
    int oldest = 0;
    int next = 0;
    for (int y = down.start(0); oldest < down.count(); y++) {
      resampleRow(y);
      while (next < down.count() && down.start(next) <= y) {
        Arrays.fill(sums[next % sums.length], HALF);
        next++;
      }
      for (int i = oldest; i < next; i++) {
        add(sums[i % sums.length], line, down.weights(i)[y - down.start(i)]);
      }
      while (oldest < next && down.end(oldest) == y + 1) {
        round(sums[oldest % sums.length], oldest * line.length);
        oldest++;
      }
    }
  }

  private void resampleRow(int y) {
    byte[] pixels = in.pixels();
    int row = 3 * y * in.width();
    for (int x = 0; x < across.count(); x++) {
      int[] weights = across.weights(x);
      int red = HALF;
      int green = HALF;
      int blue = HALF;
      int at = row + 3 * across.start(x);
      for (int weight : weights) {
        red += (pixels[at] & 0xFF) * weight;
        green += (pixels[at + 1] & 0xFF) * weight;
        blue += (pixels[at + 2] & 0xFF) * weight;
        at += 3;
      }
      line[3 * x] = clip(red);
      line[3 * x + 1] = clip(green);
      line[3 * x + 2] = clip(blue);
    }
  }

  private static void add(int[] sums, int[] line, int weight) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += line[i] * weight;
    }
  }

  private void round(int[] finished, int at) {
    for (int i = 0; i < finished.length; i++) {
      out[at + i] = (byte) clip(finished[i]);
    }
  }

  /** Rounded weights can add up to a little more than one. */
  private static int clip(int sum) {
    return Math.min(255, sum >> PilWeights.PRECISION);
  }
}
