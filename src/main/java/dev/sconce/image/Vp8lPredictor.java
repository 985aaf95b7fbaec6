package dev.sconce.image;

/** The fourteen predictors of VP8L (WebP Lossless Bitstream Specification, section 4.1). */
final class Vp8lPredictor {
  /** The mode that predicts the pixel above. */
  static final int TOP = 2;

  private static final int BLACK = 0xFF000000;

  private Vp8lPredictor() {}

  /** What the pixel at {@code i}, which has a row above it, is predicted to be. */
  static int predict(int mode, int[] pixels, int i, int width) {
    int left = pixels[i - 1];
    int top = pixels[i - width];
    int topLeft = pixels[i - width - 1 < 0 ? 0 : i - width - 1];
    int topRight = pixels[i - width + 1];
    return switch (mode) {
      case 1 -> left;
      case TOP -> top;
      case 3 -> topRight;
      case 4 -> topLeft;
      case 5 -> mean(mean(left, topRight), top);
      case 6 -> mean(left, topLeft);
      case 7 -> mean(left, top);
      case 8 -> mean(topLeft, top);
      case 9 -> mean(top, topRight);
      case 10 -> mean(mean(left, topLeft), mean(top, topRight));
      case 11 -> nearer(top, left, topLeft);
      case 12 -> gradient(left, top, topLeft);
      case 13 -> halfGradient(mean(left, top), topLeft);
      default -> BLACK;
    };
  }

  private static int mean(int a, int b) {
    return (((a ^ b) & 0xFEFEFEFE) >>> 1) + (a & b);
  }

  /** Of the pixels above and to the left, the one that left + above - corner is nearer to. */
  private static int nearer(int top, int left, int topLeft) {
    int balance = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      int corner = topLeft >>> shift & 0xFF;
      balance += Math.abs((left >>> shift & 0xFF) - corner);
      balance -= Math.abs((top >>> shift & 0xFF) - corner);
    }
    return balance <= 0 ? top : left;
  }

  private static int gradient(int left, int top, int topLeft) {
    int result = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      int sum = (left >>> shift & 0xFF) + (top >>> shift & 0xFF) - (topLeft >>> shift & 0xFF);
      result |= clamp(sum) << shift;
    }
    return result;
  }

  private static int halfGradient(int mean, int topLeft) {
    int result = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      int from = mean >>> shift & 0xFF;
      result |= clamp(from + (from - (topLeft >>> shift & 0xFF)) / 2) << shift;
    }
    return result;
  }

  private static int clamp(int value) {
    return Math.max(0, Math.min(255, value));
  }
}
