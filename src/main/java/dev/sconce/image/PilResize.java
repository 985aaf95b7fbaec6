package dev.sconce.image;

import java.util.Arrays;

/**
 * Pillow's resampling of uint8 pictures, bit for bit (its Resample.c): along the rows and along the
 * columns, rounded to uint8 in between. Downwards it averages over all pixels that an output pixel
 * covers. Safe for any thread.
 *
 * <p>The rows come first, but since Pillow 13 the columns do where the height shrinks by more than
 * twice as many pixels as the width. The rounding in between makes that a difference of a level.
 */
public final class PilResize {
  private static final int HALF = 1 << (PilWeights.PRECISION - 1);

  private final PictureView in;
  private final PilWeights across;
  private final PilWeights down;
  private final boolean rowsFirst;

  /** A row of the output's width, three ints to a pixel. */
  private final int[] resampled;

  /** What is added up: that row, or an input row if columns come first. */
  private final int[] line;

  /** The sums of the output rows that are under way. */
  private final int[][] sums;

  /** A row that is added up and not yet resampled, if columns come first. */
  private final byte[] added;

  private final byte[] out;

  private PilResize(PictureView in, PilWeights across, PilWeights down, boolean rowsFirst) {
    this.in = in;
    this.across = across;
    this.down = down;
    this.rowsFirst = rowsFirst;
    this.resampled = new int[3 * across.count()];
    this.line = rowsFirst ? resampled : new int[3 * in.width()];
    this.sums = new int[down.mostAtOnce()][line.length];
    this.added = new byte[rowsFirst ? 0 : line.length];
    this.out = new byte[resampled.length * down.count()];
  }

  /**
   * The picture in another size, as {@code Image.resize((width, height), Image.BILINEAR)} gives it.
   *
   * @throws IllegalArgumentException if a side is not positive
   */
  public static RgbImage resize(RgbImage picture, int width, int height) {
    return resize(picture, width, height, ResizeFilter.BILINEAR);
  }

  /**
   * The picture in another size, as {@code Image.resize((width, height), filter)} gives it.
   *
   * @throws IllegalArgumentException if a side is not positive
   */
  public static RgbImage resize(RgbImage picture, int width, int height, ResizeFilter filter) {
    return resize(PictureView.of(picture), filter, width, height);
  }

  /** A part of the picture in another size, bilinearly; only that part is computed. */
  static RgbImage resize(
      RgbImage picture, int fullWidth, int fullHeight, int left, int top, int width, int height) {
    PictureView all = PictureView.of(picture);
    return resize(all, ResizeFilter.BILINEAR, fullWidth, fullHeight, left, top, width, height);
  }

  /** What is seen of a picture in another size. */
  static RgbImage resize(PictureView view, ResizeFilter filter, int width, int height) {
    return resize(view, filter, width, height, 0, 0, width, height);
  }

  private static RgbImage resize(
      PictureView picture,
      ResizeFilter filter,
      int fullWidth,
      int fullHeight,
      int left,
      int top,
      int width,
      int height) {
    PilWeights across = new PilWeights(filter, picture.width(), fullWidth, left, width);
    PilWeights down = new PilWeights(filter, picture.height(), fullHeight, top, height);
    int shrinks = picture.height() - fullHeight;
    boolean rowsFirst = shrinks <= 0 || shrinks <= 2 * (picture.width() - fullWidth);
    PilResize resize = new PilResize(picture, across, down, rowsFirst);
    resize.run();
    return new RgbImage(width, height, resize.out);
  }

  /** Takes input rows in turn and adds each to all output rows that it counts for. */
  private void run() {
    int oldest = 0;
    int next = 0;
    for (int y = down.start(0); oldest < down.count(); y++) {
      load(y);
      while (next < down.count() && down.start(next) <= y) {
        Arrays.fill(sums[next % sums.length], HALF);
        next++;
      }
      for (int i = oldest; i < next; i++) {
        add(sums[i % sums.length], line, down.weights(i)[y - down.start(i)]);
      }
      while (oldest < next && down.end(oldest) == y + 1) {
        finish(sums[oldest % sums.length], resampled.length * oldest);
        oldest++;
      }
    }
  }

  private void load(int row) {
    if (rowsFirst) {
      resample(in.array(row), in.offset(row), line);
    } else {
      widen(in.array(row), in.offset(row), line);
    }
  }

  private void finish(int[] finished, int at) {
    if (rowsFirst) {
      round(finished, out, at);
    } else {
      round(finished, added, 0);
      resample(added, 0, resampled);
      narrow(resampled, out, at);
    }
  }

  private void resample(byte[] pixels, int row, int[] to) {
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
      to[3 * x] = clip(red);
      to[3 * x + 1] = clip(green);
      to[3 * x + 2] = clip(blue);
    }
  }

  private static void add(int[] sums, int[] line, int weight) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += line[i] * weight;
    }
  }

  private static void widen(byte[] from, int at, int[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] = from[at + i] & 0xFF;
    }
  }

  private static void narrow(int[] from, byte[] to, int at) {
    for (int i = 0; i < from.length; i++) {
      to[at + i] = (byte) from[i];
    }
  }

  private static void round(int[] finished, byte[] to, int at) {
    for (int i = 0; i < finished.length; i++) {
      to[at + i] = (byte) clip(finished[i]);
    }
  }

  /** Weights can be negative, and rounded ones can add up to a little more than one. */
  private static int clip(int sum) {
    return Math.max(0, Math.min(255, sum >> PilWeights.PRECISION));
  }
}
