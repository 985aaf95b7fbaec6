package dev.sconce.image;

/** The eight ways to put up a stored picture (TIFF 6.0, section 8, tag Orientation). */
final class Orientation {
  private Orientation() {}

  /**
   * The picture as it is to be seen.
   *
   * @param orientation 1 to 8; everything else changes nothing, like 1
   */
  static RgbImage apply(RgbImage stored, int orientation) {
    if (orientation < 2 || orientation > 8) {
      return stored;
    }
    boolean swaps = orientation >= 5;
    boolean fromRight =
        orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    boolean fromBottom =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    int width = swaps ? stored.height() : stored.width();
    int height = swaps ? stored.width() : stored.height();
    byte[] in = stored.pixels();
    byte[] out = new byte[in.length];
    for (int y = 0, to = 0; y < height; y++) {
      for (int x = 0; x < width; x++, to += 3) {
        int column = swaps ? y : x;
        int row = swaps ? x : y;
        int storedX = fromRight ? stored.width() - 1 - column : column;
        int storedY = fromBottom ? stored.height() - 1 - row : row;
        int from = 3 * (storedY * stored.width() + storedX);
        out[to] = in[from];
        out[to + 1] = in[from + 1];
        out[to + 2] = in[from + 2];
      }
    }
    return new RgbImage(width, height, out);
  }
}
