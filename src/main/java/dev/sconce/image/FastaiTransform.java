package dev.sconce.image;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.List;
import java.util.Locale;

/**
 * What fast.ai 2.8.12 does to the size of a PIL picture when it predicts, bit for bit: the item
 * transforms of {@code fastai/vision/augment.py} as they are on the validation set, with NumPy's
 * and Pillow's rounding. Immutable; safe for any thread.
 */
public sealed interface FastaiTransform {
  /** What {@code RandomResizedCrop} rounds to. */
  int EXTRA_STEP = 8;

  /**
   * The transformed picture.
   *
   * @throws ServingException with {@code BAD_REQUEST} if the picture's proportions leave no pixel
   *     of it, or would need too many
   */
  RgbImage apply(RgbImage picture);

  /** The size that pictures get, or that none exceeds. */
  PictureSize size();

  /** How {@link Resize} brings a picture to other proportions. */
  enum Method {
    /** By its own two scales. */
    SQUISH,
    /** By the larger scale, what is too much being cut off on both sides. */
    CROP,
    /** By the smaller scale, what is missing being added on both sides. */
    PAD
  }

  /**
   * {@code Resize(size, method, pad_mode, resamples)}.
   *
   * @param size of the result
   * @param padding what is added by {@link Method#PAD}
   */
  record Resize(PictureSize size, Method method, Padding padding, ResizeFilter filter)
      implements FastaiTransform {
    @Override
    public RgbImage apply(RgbImage picture) {
      int width = picture.width();
      int height = picture.height();
      if (method != Method.SQUISH) {
        double across = (double) width / size.width();
        double down = (double) height / size.height();
        double scale = method == Method.CROP ? Math.min(across, down) : Math.max(across, down);
        width = (int) (scale * size.width());
        height = (int) (scale * size.height());
      }
      check(picture, width, height);
      int left = (picture.width() - width) / 2;
      int top = (picture.height() - height) / 2;
      PictureView view = new PictureView(picture, left, top, width, height, padding);
      return PilResize.resize(view, filter, size.width(), size.height());
    }

    @Override
    public String toString() {
      String padded = method == Method.PAD ? ", pad_mode=" + lower(padding) : "";
      return "Resize((%d, %d), method=%s%s%s)"
          .formatted(size.height(), size.width(), lower(method), padded, suffix(filter));
    }
  }

  /**
   * {@code RatioResize(max_sz, resamples)}: the longer side gets that length. What does not divide
   * is cut off, by fast.ai at a random place, here on both sides; it is less than one pixel of the
   * result.
   *
   * @param longerSide 1 to {@link PictureSize#LONGEST_SIDE}
   */
  record RatioResize(int longerSide, ResizeFilter filter) implements FastaiTransform {
    /**
     * Checks the length.
     *
     * @throws ServingException with {@code INVALID_MODEL} if it is out of range
     */
    public RatioResize {
      new PictureSize(longerSide, longerSide);
    }

    @Override
    public RgbImage apply(RgbImage picture) {
      int width = picture.width();
      int height = picture.height();
      int newWidth = longerSide;
      int newHeight = longerSide;
      if (width >= height) {
        newHeight = (int) ((double) ((long) height * longerSide) / width);
      } else {
        newWidth = (int) ((double) ((long) width * longerSide) / height);
      }
      check(picture, newWidth, newHeight);
      PictureSize exact = new PictureSize(newHeight, newWidth);
      return new Resize(exact, Method.CROP, Padding.REFLECTION, filter).apply(picture);
    }

    @Override
    public PictureSize size() {
      return new PictureSize(longerSide, longerSide);
    }

    @Override
    public String toString() {
      return "RatioResize(" + longerSide + suffix(filter) + ")";
    }
  }

  /**
   * {@code CropPad(size, pad_mode)}: the middle of the picture, with what is missing added.
   *
   * @param size of the result
   */
  record CropPad(PictureSize size, Padding padding) implements FastaiTransform {
    @Override
    public RgbImage apply(RgbImage picture) {
      int left = Math.floorDiv(picture.width() - size.width(), 2);
      int top = Math.floorDiv(picture.height() - size.height(), 2);
      return new PictureView(picture, left, top, size.width(), size.height(), padding).copy();
    }

    @Override
    public String toString() {
      return "CropPad((%d, %d), pad_mode=%s)"
          .formatted(size.height(), size.width(), lower(padding));
    }
  }

  /**
   * {@code RandomResizedCrop(size, val_xtra=extra, resamples)}, which is not random when it
   * predicts: the middle of the whole picture in a larger size.
   *
   * @param extra how much larger, as a part of the longer side, rounded up to a multiple of 8
   *     pixels
   * @throws ServingException with {@code INVALID_MODEL} if that is no number, or if it would be too
   *     large or leave nothing
   */
  static List<FastaiTransform> randomResizedCrop(
      PictureSize size, double extra, ResizeFilter filter) {
    int longer = Math.max(size.height(), size.width());
    if (!(Math.abs(longer * extra) <= PictureSize.LONGEST_SIDE)) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL,
          "val_xtra: %s of %d pixels (expected: %d pixels at most)"
              .formatted(extra, longer, PictureSize.LONGEST_SIDE));
    }
    int pixels = (int) Math.ceil(longer * extra / EXTRA_STEP) * EXTRA_STEP;
    PictureSize larger = new PictureSize(size.height() + pixels, size.width() + pixels);
    return List.of(
        new Resize(larger, Method.SQUISH, Padding.ZEROS, filter), new CropPad(size, Padding.ZEROS));
  }

  private static void check(RgbImage picture, int width, int height) {
    if (Math.min(width, height) < 1 || (long) width * height > ImageDecoder.MOST_PIXELS) {
      throw new ServingException(
          ErrorCode.BAD_REQUEST,
          "picture: %d x %d, cut or padded to %d x %d (expected: 1 to %d pixels)"
              .formatted(
                  picture.width(), picture.height(), width, height, ImageDecoder.MOST_PIXELS));
    }
  }

  /** A constant as Python writes it. */
  static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String suffix(ResizeFilter filter) {
    return filter == ResizeFilter.BILINEAR ? "" : ", resamples=" + lower(filter);
  }
}
