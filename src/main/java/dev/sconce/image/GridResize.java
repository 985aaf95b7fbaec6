package dev.sconce.image;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.Optional;

/**
 * What fast.ai 2.8.12 does to the size of a batch of one picture when it predicts: {@code
 * AffineCoordTfm} with a {@code size} and {@code RandomResizedCropGPU} of {@code
 * fastai/vision/augment.py} as they are on the validation set, on the floats that {@code
 * IntToFloatTensor} makes and before {@code Normalize}. Equal to them but for the last digits of
 * float32. Immutable; safe for any thread.
 *
 * @param name of the transform, for people
 * @param size of the result
 * @param padding what counts beyond the edges, where places are beyond them: only without {@code
 *     alignCorners}, or for a cubic
 * @param alignCorners whether the middles of the outermost pixels stay where they are, or their
 *     outer edges
 * @param crop what is taken of the picture before
 */
public record GridResize(
    String name,
    PictureSize size,
    GridMode mode,
    Padding padding,
    boolean alignCorners,
    Optional<Crop> crop) {

  /**
   * The middle of a picture.
   *
   * @param narrowest the least width divided by the height, above 0; what is too high is cut off
   * @param widest the largest, above 0; what is too wide is cut off
   * @param scale how much of both sides is taken then, above 0 and at most 1
   */
  public record Crop(double narrowest, double widest, double scale) {
    /**
     * Checks them.
     *
     * @throws ServingException with {@code INVALID_MODEL} if one is out of range
     */
    public Crop {
      if (!isRatio(narrowest) || !isRatio(widest)) {
        throw new ServingException(
            ErrorCode.INVALID_MODEL,
            "ratio: (%s, %s) (expected: finite, > 0)".formatted(narrowest, widest));
      }
      if (!(scale > 0 && scale <= 1)) {
        throw new ServingException(
            ErrorCode.INVALID_MODEL, "valid_scale: " + scale + " (expected: > 0, at most 1)");
      }
    }

    private static boolean isRatio(double number) {
      return number > 0 && Double.isFinite(number);
    }

    private int width(int width, int height) {
      boolean tooWide = !isNarrow(width, height) && (double) width / height > widest;
      return (int) ((tooWide ? (int) (height * widest) : width) * scale);
    }

    private int height(int width, int height) {
      return (int) ((isNarrow(width, height) ? (int) (width / narrowest) : height) * scale);
    }

    private boolean isNarrow(int width, int height) {
      return (double) width / height < narrowest;
    }
  }

  /**
   * {@code RandomResizedCropGPU(size, ratio=(narrowest, widest), valid_scale=scale)}, which is not
   * random when it predicts.
   */
  public static GridResize randomResizedCrop(PictureSize size, GridMode mode, Crop crop) {
    return new GridResize(
        "RandomResizedCropGPU", size, mode, Padding.REFLECTION, true, Optional.of(crop));
  }

  /**
   * The transformed picture.
   *
   * @param divisor of a picture of bytes, above 0; one of floats is divided already
   * @throws ServingException with {@code BAD_REQUEST} if the crop leaves no pixel of it
   */
  public FloatImage apply(Pixels picture, double divisor) {
    FloatRows rows = part(picture, divisor);
    if (mode == GridMode.BILINEAR) {
      rows = averaged(rows);
    }
    GridAxis across = axis(rows.width(), size.width());
    return GridSample.read(rows, across, axis(rows.height(), size.height()));
  }

  private FloatRows part(Pixels picture, double divisor) {
    int width = picture.width();
    int height = picture.height();
    if (crop.isEmpty()) {
      return FloatRows.of(picture, divisor, 0, 0, width, height);
    }
    int cropWidth = crop.get().width(width, height);
    int cropHeight = crop.get().height(width, height);
    if (Math.min(cropWidth, cropHeight) < 1) {
      throw new ServingException(
          ErrorCode.BAD_REQUEST,
          "picture: %d x %d, cut to %d x %d (expected: at least 1 x 1)"
              .formatted(width, height, cropWidth, cropHeight));
    }
    int left = (width - cropWidth) / 2;
    int top = (height - cropHeight) / 2;
    return FloatRows.of(picture, divisor, left, top, cropWidth, cropHeight);
  }

  private GridAxis axis(int in, int out) {
    return new GridAxis(in, out, mode, padding, alignCorners);
  }

  /**
   * Averages first what shrinks much. fast.ai's {@code _grid_sample} means both sides to shrink to
   * less than half, but looks at the axes of its coordinates, {@code [batch, height, width, 2]},
   * one too far: it compares the height with the result's width, and the width with 2.
   */
  private FloatRows averaged(FloatRows rows) {
    float across = GridAxis.span(size.width(), alignCorners);
    double zoom = 1.0 / Math.max(across, GridAxis.span(size.height(), alignCorners)) * 2;
    double ratio = Math.min((double) rows.height() / size.width(), rows.width() / 2.0);
    double shrinks = ratio / 2;
    if (shrinks <= Math.max(1, zoom)) {
      return rows;
    }
    double scale = 1 / shrinks;
    return new AreaRows(rows, (int) (rows.width() * scale), (int) (rows.height() * scale));
  }

  /** As one writes it in Python; of what is usual nothing is said. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append("%s(size=(%d, %d)".formatted(name, size.height(), size.width()));
    if (mode != GridMode.BILINEAR) {
      text.append(", mode=").append(FastaiTransform.lower(mode));
    }
    if (padding != Padding.REFLECTION) {
      text.append(", pad_mode=").append(FastaiTransform.lower(padding));
    }
    if (!alignCorners) {
      text.append(", align_corners=False");
    }
    crop.ifPresent(
        c ->
            text.append(
                ", ratio=(%s, %s), valid_scale=%s".formatted(c.narrowest, c.widest, c.scale)));
    return text.append(')').toString();
  }
}
