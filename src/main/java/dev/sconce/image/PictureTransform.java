package dev.sconce.image;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What happens to a decoded picture before it becomes a tensor, to the very bytes of torchvision
 * 0.22.1 on PIL pictures: {@code Resize(imageSize)} or {@code Resize(resize)}, then {@code
 * CenterCrop(centerCrop)}; each may be missing. Only the pixels that the crop keeps are computed.
 *
 * @param imageSize the size to resize to, whatever the picture's proportions
 * @param resize the length that the shorter side is resized to, keeping the proportions; 1 to
 *     {@link PictureSize#LONGEST_SIDE}, not together with {@code imageSize}
 * @param centerCrop the size of the part that is cut from the middle; what it has beyond the
 *     picture is black
 */
public record PictureTransform(
    Optional<PictureSize> imageSize, OptionalInt resize, Optional<PictureSize> centerCrop) {
  /** Leaves pictures as they are. */
  public static final PictureTransform NONE =
      new PictureTransform(Optional.empty(), OptionalInt.empty(), Optional.empty());

  /**
   * Checks the values.
   *
   * @throws ServingException with {@code INVALID_MODEL} if they contradict each other or are out of
   *     range
   */
  public PictureTransform {
    if (imageSize.isPresent() && resize.isPresent()) {
      throw invalid("imageSize and resize (expected: one of them)");
    }
    int side = resize.orElse(1);
    if (side < 1 || side > PictureSize.LONGEST_SIDE) {
      throw invalid("resize: " + side + " (expected: 1 to " + PictureSize.LONGEST_SIDE + ")");
    }
  }

  private static ServingException invalid(String message) {
    return new ServingException(ErrorCode.INVALID_MODEL, message);
  }

  /** Resizes to exactly that size. */
  public static PictureTransform imageSize(int height, int width) {
    return new PictureTransform(
        Optional.of(new PictureSize(height, width)), OptionalInt.empty(), Optional.empty());
  }

  /** Resizes the shorter side to that length. */
  public static PictureTransform resize(int shorterSide) {
    return new PictureTransform(Optional.empty(), OptionalInt.of(shorterSide), Optional.empty());
  }

  /** This, and then the middle of the result in that size. */
  public PictureTransform withCenterCrop(int height, int width) {
    return new PictureTransform(imageSize, resize, Optional.of(new PictureSize(height, width)));
  }

  /**
   * The transformed picture; the same object if nothing changes.
   *
   * @throws ServingException with {@code BAD_REQUEST} if the picture's proportions would make the
   *     result too large
   */
  public RgbImage apply(RgbImage picture) {
    int width = picture.width();
    int height = picture.height();
    if (imageSize.isPresent()) {
      width = imageSize.get().width();
      height = imageSize.get().height();
    } else if (resize.isPresent()) {
      width = side(resize.getAsInt(), picture.width(), picture.height());
      height = side(resize.getAsInt(), picture.height(), picture.width());
    }
    if (centerCrop.isPresent()) {
      return crop(picture, width, height, centerCrop.get());
    }
    if ((long) width * height > ImageDecoder.MOST_PIXELS) {
      throw new ServingException(
          ErrorCode.BAD_REQUEST,
          "picture: %d x %d, resized to %d x %d (expected: at most %d pixels)"
              .formatted(
                  picture.width(), picture.height(), width, height, ImageDecoder.MOST_PIXELS));
    }
    return window(picture, width, height, 0, 0, width, height);
  }

  /** A side's new length when the shorter of the two gets the given one. */
  private static int side(int shorter, int side, int otherSide) {
    return side <= otherSide ? shorter : (int) ((double) ((long) shorter * side) / otherSide);
  }

  /** The middle of the picture in the given size, or the picture in the middle of black. */
  private static RgbImage crop(RgbImage picture, int width, int height, PictureSize size) {
    int left = offset(width, size.width());
    int top = offset(height, size.height());
    int right = Math.min(width, left + size.width());
    int bottom = Math.min(height, top + size.height());
    int x = Math.max(0, left);
    int y = Math.max(0, top);
    RgbImage part = window(picture, width, height, x, y, right - x, bottom - y);
    return new PictureView(part, left - x, top - y, size.width(), size.height(), Padding.ZEROS)
        .copy();
  }

  /** Where the crop begins in a side, below 0 if it is longer: half of the difference. */
  private static int offset(int side, int cropped) {
    return cropped > side ? -((cropped - side) / 2) : (int) Math.rint((side - cropped) / 2.0);
  }

  /** A part of the picture in another size. */
  private static RgbImage window(
      RgbImage picture, int fullWidth, int fullHeight, int x, int y, int width, int height) {
    if (fullWidth != picture.width() || fullHeight != picture.height()) {
      return PilResize.resize(picture, fullWidth, fullHeight, x, y, width, height);
    }
    return picture.crop(x, y, width, height);
  }
}
