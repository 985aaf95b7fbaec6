package dev.sconce.image;

import java.util.Arrays;

/** Resamples the columns of a picture to another height. Owned by one thread. */
final class PilDown {
  private final int[] quads;

  /** A sum for each first, second, third and fourth byte of the quads. */
  private final int[][] sums;

  private PilDown(int quads) {
    this.quads = new int[quads];
    this.sums = new int[4][quads];
  }

  /**
   * As many rows as there are weights.
   *
   * @param top which row of the input is the view's row 0
   */
  static RgbImage resample(PictureView in, int top, PilWeights weights) {
    int bytes = 3 * in.width();
    byte[] out = new byte[bytes * weights.count()];
    PilDown down = new PilDown(PilSums.quads(bytes));
    for (int y = 0; y < weights.count(); y++) {
      down.clear();
      int row = weights.start(y) - top;
      for (int weight : weights.weights(y)) {
        down.add(in.array(row), in.offset(row), weight);
        row++;
      }
      down.round();
      down.store(out, bytes * y, bytes * (y + 1));
    }
    return new RgbImage(in.width(), weights.count(), out);
  }

  private void clear() {
    for (int[] some : sums) {
      Arrays.fill(some, PilSums.HALF);
    }
  }

  private void add(byte[] pixels, int at, int weight) {
    int whole = Math.min(quads.length, (pixels.length - at) / 4);
    for (int i = 0; i < whole; i++) {
      quads[i] = (int) PilSums.QUAD.get(pixels, at + 4 * i);
    }
    if (whole < quads.length) {
      quads[whole] = PilSums.last(pixels, at + 4 * whole);
    }
    for (int which = 0; which < sums.length; which++) {
      PilSums.add(quads, which, weight, sums[which]);
    }
  }

  private void round() {
    Arrays.fill(quads, 0);
    for (int which = 0; which < sums.length; which++) {
      PilSums.round(sums[which], which, quads);
    }
  }

  private void store(byte[] out, int from, int end) {
    int whole = (end - from) / 4;
    for (int i = 0; i < whole; i++) {
      PilSums.QUAD.set(out, from + 4 * i, quads[i]);
    }
    if (whole < quads.length) {
      PilSums.putLast(quads[whole], out, from + 4 * whole, end);
    }
  }
}
