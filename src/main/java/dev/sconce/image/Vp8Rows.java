package dev.sconce.image;

/**
 * Brings the chroma of a VP8 frame to the size of its luma and turns both into RGB, as libwebp does
 * by default: interpolation with weights 9, 3, 3 and 1 in two rounded steps (its upsampling.c) and
 * fixed-point BT.601 (its yuv.h). Owned by one reading.
 */
final class Vp8Rows {
  private final Vp8Plane luma;
  private final Vp8Plane blue;
  private final Vp8Plane red;
  private final int width;
  private final int height;

  Vp8Rows(Vp8Plane luma, Vp8Plane blue, Vp8Plane red, int width, int height) {
    this.luma = luma;
    this.blue = blue;
    this.red = red;
    this.width = width;
    this.height = height;
  }

  /** The picture. */
  RgbImage toRgb() {
    byte[] rgb = new byte[3 * width * height];
    int[] blues = new int[width + 1];
    int[] reds = new int[width + 1];
    for (int y = 0; y < height; y++) {
      interpolate(blue, y, blues);
      interpolate(red, y, reds);
      convert(luma.at(0, y), blues, reds, rgb, 3 * width * y);
    }
    return new RgbImage(width, height, rgb);
  }

  /** One row of chroma; the last entry is of no use if the width is even. */
  private void interpolate(Vp8Plane plane, int y, int[] out) {
    byte[] samples = plane.samples();
    int last = (width - 1) / 2;
    int other = Math.max(0, Math.min((height - 1) / 2, y / 2 + (y % 2 == 0 ? -1 : 1)));
    int near = plane.at(0, y / 2);
    int far = plane.at(0, other);
    int nearLeft = samples[near] & 0xFF;
    int farLeft = samples[far] & 0xFF;
    out[0] = (3 * nearLeft + farLeft + 2) >> 2;
    for (int i = 1; i <= last; i++) {
      int nearRight = samples[near + i] & 0xFF;
      int farRight = samples[far + i] & 0xFF;
      int sum = nearLeft + nearRight + farLeft + farRight + 8;
      out[2 * i - 1] = (((sum + 2 * (nearRight + farLeft)) >> 3) + nearLeft) >> 1;
      out[2 * i] = (((sum + 2 * (nearLeft + farRight)) >> 3) + nearRight) >> 1;
      nearLeft = nearRight;
      farLeft = farRight;
    }
    out[2 * last + 1] = (3 * nearLeft + farLeft + 2) >> 2;
  }

  private void convert(int from, int[] blues, int[] reds, byte[] rgb, int start) {
    byte[] samples = luma.samples();
    int at = start;
    for (int x = 0; x < width; x++) {
      int y = ((samples[from + x] & 0xFF) * 19077) >> 8;
      int u = blues[x];
      int v = reds[x];
      rgb[at] = clamp(y + ((v * 26149) >> 8) - 14234);
      rgb[at + 1] = clamp(y - ((u * 6419) >> 8) - ((v * 13320) >> 8) + 8708);
      rgb[at + 2] = clamp(y + ((u * 33050) >> 8) - 17685);
      at += 3;
    }
  }

  /** Drops six fractional bits. */
  private static byte clamp(int value) {
    int sample = value >> 6;
    return (byte) ((sample & ~0xFF) == 0 ? sample : ~sample >> 31);
  }
}
