package dev.sconce.image;

import java.util.List;

/**
 * What a JPEG's components mean and how they become RGB: libjpeg's fixed-point YCbCr (jdcolor.c),
 * and for four components Pillow's {@code convert("RGB")} of a CMYK that it takes to be stored
 * inverted (its JpegImagePlugin; {@code cmyk2rgb} in its Convert.c).
 *
 * <p>Samples and results are one int each, in rows, so that the JVM's compiler can turn the loops
 * into vector instructions.
 */
enum JpegColour {
  GREY(1) {
    @Override
    void toRgb(int[][] samples, int[][] rgb) {
      for (int[] channel : rgb) {
        System.arraycopy(samples[0], 0, channel, 0, channel.length);
      }
    }
  },
  RGB(3) {
    @Override
    void toRgb(int[][] samples, int[][] rgb) {
      for (int i = 0; i < rgb.length; i++) {
        System.arraycopy(samples[i], 0, rgb[i], 0, rgb[i].length);
      }
    }
  },
  YCC(3) {
    @Override
    void toRgb(int[][] samples, int[][] rgb) {
      fromYcc(samples, rgb);
    }
  },
  CMYK(4) {
    @Override
    void toRgb(int[][] samples, int[][] rgb) {
      for (int i = 0; i < rgb.length; i++) {
        invert(samples[i], rgb[i]);
        print(rgb[i], samples[3]);
      }
    }
  },
  /** As in TIFF: not inverted. */
  PLAIN_CMYK(4) {
    @Override
    void toRgb(int[][] samples, int[][] rgb) {
      invert(samples[3], samples[3]);
      for (int i = 0; i < rgb.length; i++) {
        System.arraycopy(samples[i], 0, rgb[i], 0, rgb[i].length);
        print(rgb[i], samples[3]);
      }
    }
  },
  YCCK(4) {
    @Override
    void toRgb(int[][] samples, int[][] rgb) {
      fromYcc(samples, rgb);
      for (int[] channel : rgb) {
        print(channel, samples[3]);
      }
    }
  };

  private static final int SCALE = 16;
  private static final int ROUNDING = 1 << (SCALE - 1);

  // 1.402, 0.71414, 0.34414 and 1.772 with 16 fractional bits.
  private static final int CR_RED = 91881;
  private static final int CR_GREEN = 46802;
  private static final int CB_GREEN = 22554;
  private static final int CB_BLUE = 116130;

  private final int components;

  JpegColour(int components) {
    this.components = components;
  }

  /** How many components there are. */
  int components() {
    return components;
  }

  /**
   * Turns a row of samples into red, green and blue, 0 to 255.
   *
   * @param samples one row for each component
   * @param rgb three rows of the same length
   */
  abstract void toRgb(int[][] samples, int[][] rgb);

  /**
   * The meaning libjpeg gives to components (default_decompress_parms in jdapimin.c).
   *
   * @param adobeTransform the Adobe segment's colour transform, -1 without such a segment
   */
  static JpegColour of(List<JpegComponent> components, boolean jfif, int adobeTransform) {
    if (components.size() == 1) {
      return GREY;
    }
    if (components.size() == 4) {
      return adobeTransform <= 0 ? CMYK : YCCK;
    }
    if (jfif) {
      return YCC;
    }
    if (adobeTransform >= 0) {
      return adobeTransform == 0 ? RGB : YCC;
    }
    return components.stream().map(JpegComponent::id).toList().equals(List.of(0x52, 0x47, 0x42))
        ? RGB
        : YCC;
  }

  private static void fromYcc(int[][] samples, int[][] rgb) {
    red(samples[0], samples[2], rgb[0]);
    green(samples[0], samples[1], samples[2], rgb[1]);
    blue(samples[0], samples[1], rgb[2]);
    for (int[] channel : rgb) {
      clamp(channel);
    }
  }

  private static void red(int[] y, int[] cr, int[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = y[i] + ((CR_RED * cr[i] + (ROUNDING - CR_RED * 128)) >> SCALE);
    }
  }

  private static void green(int[] y, int[] cb, int[] cr, int[] out) {
    for (int i = 0; i < out.length; i++) {
      int colour = CB_GREEN * cb[i] + CR_GREEN * cr[i];
      out[i] = y[i] + ((ROUNDING + (CB_GREEN + CR_GREEN) * 128 - colour) >> SCALE);
    }
  }

  private static void blue(int[] y, int[] cb, int[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = y[i] + ((CB_BLUE * cb[i] + (ROUNDING - CB_BLUE * 128)) >> SCALE);
    }
  }

  private static void clamp(int[] row) {
    for (int i = 0; i < row.length; i++) {
      int below = 255 - (row[i] & ~(row[i] >> 31));
      row[i] = 255 - (below & ~(below >> 31));
    }
  }

  private static void invert(int[] in, int[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = 255 - in[i];
    }
  }

  /** Takes ink from the white that black (stored inverted) leaves. */
  private static void print(int[] ink, int[] white) {
    for (int i = 0; i < ink.length; i++) {
      int product = ink[i] * white[i] + 128;
      ink[i] = white[i] - (((product >> 8) + product) >> 8);
    }
  }
}
