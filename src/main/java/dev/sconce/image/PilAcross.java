package dev.sconce.image;

import java.util.Arrays;

/**
 * Resamples the rows of a picture to another width. Owned by one thread.
 *
 * <p>Every output pixel has weights of its own, but they hold for all rows. So this turns a tile of
 * the picture on its side, computes each output column for many rows ("lanes") at once, and turns
 * the result back.
 */
final class PilAcross {
  private static final int MOST_LANES = 256;

  /** Output pixels of a tile; three bytes each are whole quads. */
  private static final int TILE = 16;

  /** Most ints of a tile on its side. */
  private static final int MOST_INTS = 1 << 18;

  private final PictureView in;
  private final PilWeights weights;
  private final int top;
  private final int rows;
  private final int stride;
  private final byte[] out;

  /** By quads of the tile's rows, then by lanes. */
  private final int[][] quads;

  private final int[] sums;

  /** As {@link #quads}, of the output. */
  private final int[][] rounded;

  private PilAcross(PictureView in, int top, int bottom, PilWeights weights) {
    this.in = in;
    this.weights = weights;
    this.top = top;
    this.rows = bottom - top;
    this.stride = 3 * weights.count();
    this.out = new byte[stride * rows];
    int widest = 0;
    for (int x = 0; x < weights.count(); x += TILE) {
      widest = Math.max(widest, PilSums.quads(3 * (weights.end(last(x)) - weights.start(x))));
    }
    int lanes = Math.max(1, Math.min(Math.min(MOST_LANES, rows), MOST_INTS / widest));
    this.quads = new int[widest][lanes];
    this.sums = new int[lanes];
    this.rounded = new int[PilSums.quads(3 * TILE)][lanes];
  }

  /** The rows from {@code top} to before {@code bottom}, each as wide as there are weights. */
  static RgbImage resample(PictureView in, int top, int bottom, PilWeights weights) {
    PilAcross across = new PilAcross(in, top, bottom, weights);
    for (int row = 0; row < across.rows; row += across.sums.length) {
      for (int x = 0; x < weights.count(); x += TILE) {
        across.tile(row, x);
      }
    }
    return new RgbImage(weights.count(), across.rows, across.out);
  }

  /** The last output pixel of the tile that begins with the given one. */
  private int last(int x) {
    return Math.min(x + TILE, weights.count()) - 1;
  }

  private void tile(int row, int x) {
    int lanes = Math.min(sums.length, rows - row);
    int first = weights.start(x);
    int wide = PilSums.quads(3 * (weights.end(last(x)) - first));
    for (int lane = 0; lane < lanes; lane++) {
      int y = top + row + lane;
      load(in.array(y), in.offset(y) + 3 * first, wide, lane);
    }
    int bytes = 3 * (last(x) + 1 - x);
    for (int i = 0; i < bytes; i++) {
      add(x + i / 3, i % 3 - 3 * first);
      if (i % 4 == 0) {
        Arrays.fill(rounded[i / 4], 0);
      }
      PilSums.round(sums, i % 4, rounded[i / 4]);
    }
    for (int lane = 0; lane < lanes; lane++) {
      int at = stride * (row + lane) + 3 * x;
      store(at, at + bytes, lane);
    }
  }

  private void load(byte[] pixels, int at, int wide, int lane) {
    int whole = Math.min(wide, (pixels.length - at) / 4);
    for (int i = 0; i < whole; i++) {
      quads[i][lane] = (int) PilSums.QUAD.get(pixels, at + 4 * i);
    }
    if (whole < wide) {
      quads[whole][lane] = PilSums.last(pixels, at + 4 * whole);
    }
  }

  /**
   * Sums up one byte of an output pixel.
   *
   * @param origin where that byte of the input's first pixel would be in the tile
   */
  private void add(int x, int origin) {
    Arrays.fill(sums, PilSums.HALF);
    int at = origin + 3 * weights.start(x);
    for (int weight : weights.weights(x)) {
      PilSums.add(quads[at / 4], at % 4, weight, sums);
      at += 3;
    }
  }

  private void store(int from, int end, int lane) {
    int whole = (end - from) / 4;
    for (int i = 0; i < whole; i++) {
      PilSums.QUAD.set(out, from + 4 * i, rounded[i][lane]);
    }
    if (from + 4 * whole < end) {
      PilSums.putLast(rounded[whole][lane], out, from + 4 * whole, end);
    }
  }
}
