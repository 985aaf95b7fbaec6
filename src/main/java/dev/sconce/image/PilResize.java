package dev.sconce.image;

/**
 * Pillow's resampling of uint8 pictures, bit for bit (its Resample.c): along the rows and along the
 * columns, rounded to uint8 in between. Downwards it averages over all pixels that an output pixel
 * covers. Safe for any thread.
 *
 * <p>The rows come first, but since Pillow 13 the columns do where the height shrinks by more than
 * twice as many pixels as the width. The rounding in between makes that a difference of a level.
 */
public final class PilResize {
  private PilResize() {}

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
    PictureView in = picture.whole();
    if (!rowsFirst) {
      RgbImage flat = PilDown.resample(in, 0, down);
      return PilAcross.resample(PictureView.of(flat), 0, height, across);
    }
    int begin = down.start(0);
    RgbImage narrow = PilAcross.resample(in, begin, down.end(height - 1), across);
    return PilDown.resample(PictureView.of(narrow), begin, down);
  }
}
