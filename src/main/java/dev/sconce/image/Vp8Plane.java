package dev.sconce.image;

import java.util.Arrays;

/**
 * The samples of one plane of a VP8 frame, with a border to predict from: 127 above, 129 to the
 * left (RFC 6386, section 12.2; the corner as in libwebp's frame_dec.c). Owned by one reading.
 */
final class Vp8Plane {
  private static final int BORDER = 8;

  private final byte[] samples;
  private final int stride;

  /** Room for so many samples a row, and so many rows. */
  Vp8Plane(int width, int height) {
    stride = width + 2 * BORDER;
    samples = new byte[stride * (height + 1)];
    Arrays.fill(samples, 0, stride, (byte) 127);
    for (int y = 0; y < height; y++) {
      samples[at(-1, y)] = (byte) 129;
    }
  }

  byte[] samples() {
    return samples;
  }

  int stride() {
    return stride;
  }

  /** Where a sample is; row and column -1 are the border. */
  int at(int x, int y) {
    return (y + 1) * stride + BORDER + x;
  }
}
