package dev.sconce.vision;

/** A class for each pixel of a picture. The array is shared and not to be written to. */
final class Mask {
  private final int height;
  private final int width;
  private final byte[] classes;

  /** A mask over that array, uint8, row by row. */
  Mask(int height, int width, byte[] classes) {
    this.height = height;
    this.width = width;
    this.classes = classes;
  }

  /** In pixels. */
  int height() {
    return height;
  }

  /** In pixels. */
  int width() {
    return width;
  }

  /** uint8, row by row. */
  byte[] classes() {
    return classes;
  }
}
