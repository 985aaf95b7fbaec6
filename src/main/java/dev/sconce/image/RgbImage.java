package dev.sconce.image;

import java.util.Objects;

/**
 * A decoded picture: uint8, HWC, RGB, rows from top to bottom with no padding between them.
 *
 * <p>The array is shared with whoever made the picture and whoever reads it, never copied; nobody
 * writes to it once the picture is made, which makes it safe to read from any thread.
 */
public final class RgbImage implements Pixels {
  private final int width;
  private final int height;
  private final byte[] pixels;

  /**
   * A picture over the given array, which it does not copy.
   *
   * @param pixels {@code height * width * 3} bytes: row by row, three to a pixel
   * @throws IllegalArgumentException if a side is not positive or the array has another length
   */
  public RgbImage(int width, int height, byte[] pixels) {
    if (width <= 0 || height <= 0 || pixels.length != 3L * width * height) {
      throw new IllegalArgumentException(
          width + " x " + height + " pixels in " + pixels.length + " bytes");
    }
    this.width = width;
    this.height = height;
    this.pixels = pixels;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  /** The bytes themselves, not a copy: uint8, HWC, RGB. Not to be written to. */
  public byte[] pixels() {
    return pixels;
  }

  /**
   * A part of the picture, copied; the picture itself if the part is all of it.
   *
   * @param x the part's first column
   * @param y the part's first row
   * @throws IndexOutOfBoundsException if the part is not within the picture
   */
  public RgbImage crop(int x, int y, int partWidth, int partHeight) {
    Objects.checkFromIndexSize(x, partWidth, width);
    Objects.checkFromIndexSize(y, partHeight, height);
    if (partWidth == width && partHeight == height) {
      return this;
    }
    byte[] part = new byte[3 * partWidth * partHeight];
    for (int row = 0; row < partHeight; row++) {
      System.arraycopy(
          pixels, 3 * ((y + row) * width + x), part, 3 * row * partWidth, 3 * partWidth);
    }
    return new RgbImage(partWidth, partHeight, part);
  }
}
