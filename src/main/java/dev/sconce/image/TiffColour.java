package dev.sconce.image;

/**
 * What the samples of a TIFF mean: the combinations of photometric interpretation, depth and extra
 * samples that Pillow's TiffImagePlugin opens and can convert, but for CIE L*a*b*, YCbCr that is
 * not JPEG, and 12 bits a sample.
 *
 * @param kind how channels become RGB
 * @param palette what indices or greys mean; of no use for the other kinds
 */
record TiffColour(Kind kind, Palette palette) {
  /** Tag of the photometric interpretation, and its values. */
  static final int PHOTOMETRIC = 262;

  static final int WHITE_IS_ZERO = 0;
  static final int BLACK_IS_ZERO = 1;
  static final int RGB = 2;
  static final int CMYK = 5;
  static final int YCBCR = 6;

  private static final int INDEXED = 3;
  private static final int COLOUR_MAP = 320;
  private static final int EXTRA_SAMPLES = 338;
  private static final int SAMPLE_FORMAT = 339;

  /** The first samples of a pixel, as many as count. */
  enum Kind {
    INDEXED(1),
    RGB(3),
    PREMULTIPLIED_RGB(4),
    CMYK(4);

    private final int channels;

    Kind(int channels) {
      this.channels = channels;
    }

    int channels() {
      return channels;
    }
  }

  /** The meaning that the directory gives to samples of that layout. */
  static TiffColour of(EncodedPicture picture, TiffDirectory directory, TiffLayout layout) {
    int photometric = (int) directory.value(PHOTOMETRIC, WHITE_IS_ZERO);
    int bits = layout.bits();
    int samples = layout.samples();
    long extra = directory.value(EXTRA_SAMPLES, 0);
    boolean deep = bits == 16 && samples <= 4;
    if (photometric <= BLACK_IS_ZERO && samples <= 2 && isGrey(directory, layout, photometric)) {
      Palette greys = Palette.greys(Math.min(bits, 8));
      boolean inverted = photometric == WHITE_IS_ZERO && bits <= 8;
      return new TiffColour(Kind.INDEXED, inverted ? greys.reversed(bits) : greys);
    }
    if (photometric == INDEXED && (samples == 1 ? bits <= 8 : bits == 8) && extra != 1) {
      return new TiffColour(Kind.INDEXED, colourMap(picture, directory));
    }
    if (photometric == RGB && samples >= 3 && (bits == 8 || deep)) {
      boolean premultiplied = extra == 1 && samples > 3;
      Kind kind = premultiplied ? Kind.PREMULTIPLIED_RGB : Kind.RGB;
      return new TiffColour(kind, Palette.greys(8));
    }
    if (photometric == CMYK && samples >= 4 && (bits == 8 || deep)) {
      return new TiffColour(Kind.CMYK, Palette.greys(8));
    }
    throw picture.fault(
        "photometric interpretation %d with %d samples of %d bits, extra %d"
            .formatted(photometric, samples, bits, extra));
  }

  private static boolean isGrey(TiffDirectory directory, TiffLayout layout, int photometric) {
    boolean plain = photometric == BLACK_IS_ZERO;
    int bits = layout.bits();
    if (layout.samples() == 2) {
      return plain && bits == 8 && directory.value(EXTRA_SAMPLES, 1) != 1;
    }
    return switch (bits) {
      case 1, 2, 4, 8 -> true;
      case 16 -> plain || !directory.bigEndian();
      case 32 -> directory.value(SAMPLE_FORMAT, 1) > 1 || (plain && !directory.bigEndian());
      default -> false;
    };
  }

  /** Of 16-bit colours, the high bytes. */
  private static Palette colourMap(EncodedPicture picture, TiffDirectory directory) {
    long[] map = directory.values(COLOUR_MAP);
    int colours = map.length / 3;
    if (colours == 0 || colours > Palette.SIZE) {
      throw picture.fault("palette of " + colours + " colours (expected: 1 to 256)");
    }
    byte[] rgb = new byte[3 * Palette.SIZE];
    for (int i = 0; i < 3 * colours; i++) {
      rgb[i % colours * 3 + i / colours] = (byte) (map[i] >> 8);
    }
    return new Palette(rgb);
  }

  /** Whether samples are floating-point numbers. */
  static boolean isFloat(TiffDirectory directory) {
    return directory.value(SAMPLE_FORMAT, 1) == 3;
  }

  /** Whether samples have a sign. */
  static boolean isSigned(TiffDirectory directory) {
    return directory.value(SAMPLE_FORMAT, 1) == 2;
  }
}
