package dev.sconce.image;

import java.util.Arrays;

/**
 * A rectangle of a picture, which may reach beyond it, read row by row; only rows that do reach
 * beyond are ever made. It belongs to one thread.
 */
final class PictureView {
  private final RgbImage picture;
  private final int left;
  private final int top;
  private final int width;
  private final int height;
  private final Padding padding;
  private final boolean withinRows;

  /** A row with what is beyond the picture; without a byte if no row has. */
  private final byte[] padded;

  /**
   * The pixels from a place on.
   *
   * @param left the first column, below 0 if it is beyond the picture
   * @param top the first row, likewise
   */
  PictureView(RgbImage picture, int left, int top, int width, int height, Padding padding) {
    this.picture = picture;
    this.left = left;
    this.top = top;
    this.width = width;
    this.height = height;
    this.padding = padding;
    this.withinRows = left >= 0 && left + width <= picture.width();
    boolean within = withinRows && top >= 0 && top + height <= picture.height();
    this.padded = new byte[within ? 0 : 3 * width];
  }

  /** All of a picture. */
  static PictureView of(RgbImage picture) {
    return new PictureView(picture, 0, 0, picture.width(), picture.height(), Padding.ZEROS);
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** Where a row's bytes lie, from {@link #offset} on; good until the next call. */
  byte[] array(int row) {
    int y = source(top + row, picture.height());
    if (y != Padding.NOTHING && withinRows) {
      return picture.pixels();
    }
    fill(y);
    return padded;
  }

  /** Where in {@link #array} a row begins. */
  int offset(int row) {
    int y = source(top + row, picture.height());
    return y != Padding.NOTHING && withinRows ? 3 * (y * picture.width() + left) : 0;
  }

  /** Makes a row of the picture's row {@code y}. */
  private void fill(int y) {
    Arrays.fill(padded, (byte) 0);
    for (int x = 0; y != Padding.NOTHING && x < width; x++) {
      int from = source(left + x, picture.width());
      if (from != Padding.NOTHING) {
        System.arraycopy(picture.pixels(), 3 * (y * picture.width() + from), padded, 3 * x, 3);
      }
    }
  }

  private int source(int at, int length) {
    return at >= 0 && at < length ? at : padding.inside(at, length);
  }

  /** The same pixels, none of them beyond the picture any more: for who reads rows repeatedly. */
  PictureView whole() {
    return padded.length == 0 ? this : of(copy());
  }

  /** The pixels as a picture of their own; the picture itself if they are all of it. */
  RgbImage copy() {
    if (left == 0 && top == 0 && width == picture.width() && height == picture.height()) {
      return picture;
    }
    byte[] pixels = new byte[3 * width * height];
    for (int row = 0; row < height; row++) {
      System.arraycopy(array(row), offset(row), pixels, 3 * row * width, 3 * width);
    }
    return new RgbImage(width, height, pixels);
  }
}
