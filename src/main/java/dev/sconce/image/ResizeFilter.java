package dev.sconce.image;

/** How resizing weighs the pixels around a point; Pillow's filters of the same names. */
public enum ResizeFilter {
  /** What torchvision's {@code Resize} takes unless told otherwise. */
  BILINEAR(1) {
    @Override
    double weight(double distance) {
      return Math.max(0, 1 - Math.abs(distance));
    }
  },

  /** What {@code Image.resize} takes unless told otherwise; Keys' cubic with a = -0.5. */
  BICUBIC(2) {
    @Override
    double weight(double distance) {
      double x = Math.abs(distance);
      if (x < 1) {
        return ((A + 2) * x - (A + 3)) * x * x + 1;
      }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
    }
  };

  private static final double A = -0.5;

  private final int support;

  ResizeFilter(int support) {
    this.support = support;
  }

  /** How far from a point pixels count, in input pixels where the picture is not made smaller. */
  int support() {
    return support;
  }

  /** The weight at a distance from the point, before all of them are scaled to add up to 1. */
  abstract double weight(double distance);
}
