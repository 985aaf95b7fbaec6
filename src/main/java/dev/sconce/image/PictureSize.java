package dev.sconce.image;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;

/**
 * The size of a picture in pixels, height first as torchvision writes it.
 *
 * @param height 1 to {@link #LONGEST_SIDE}
 * @param width 1 to {@link #LONGEST_SIDE}
 */
public record PictureSize(int height, int width) {
  /** The longest side that a picture for a model may have; a pair of them is 400 MB of floats. */
  public static final int LONGEST_SIDE = 4096;

  /**
   * Checks both sides.
   *
   * @throws ServingException with {@code INVALID_MODEL} if one is out of range
   */
  public PictureSize {
    if (Math.min(height, width) < 1 || Math.max(height, width) > LONGEST_SIDE) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL,
          "%d x %d pixels (expected: 1 to %d a side)".formatted(height, width, LONGEST_SIDE));
    }
  }
}
