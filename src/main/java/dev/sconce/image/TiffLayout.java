package dev.sconce.image;

/**
 * How a TIFF stores its samples (TIFF 6.0, sections 3, 8 and 15). Strips and tiles are both called
 * segments here: rectangles of the picture, coded each by itself. Immutable.
 */
final class TiffLayout {
  static final int UNCOMPRESSED = 1;
  static final int JPEG = 7;

  private static final int WIDTH = 256;
  private static final int HEIGHT = 257;
  private static final int BITS_PER_SAMPLE = 258;
  private static final int COMPRESSION = 259;
  private static final int FILL_ORDER = 266;
  private static final int STRIP_OFFSETS = 273;
  private static final int SAMPLES_PER_PIXEL = 277;
  private static final int ROWS_PER_STRIP = 278;
  private static final int STRIP_BYTE_COUNTS = 279;
  private static final int PLANAR_CONFIGURATION = 284;
  private static final int PREDICTOR = 317;
  private static final int TILE_WIDTH = 322;
  private static final int TILE_HEIGHT = 323;
  private static final int TILE_OFFSETS = 324;
  private static final int TILE_BYTE_COUNTS = 325;

  /** As many as Pillow decodes. */
  private static final int MOST_SAMPLES = 6;

  /**
   * All segments together may have so many bytes, or twice as many as the picture: they may all lie
   * at one place in the file, which so says nothing of how many there are.
   */
  private static final long USUAL_BYTES = 1 << 26;

  private final EncodedPicture picture;
  private final TiffDirectory directory;
  private final int width;
  private final int height;
  private final int bits;
  private final int samples;
  private final boolean isTiled;
  private final long segmentWidth;
  private final long segmentHeight;
  private final long[] offsets;
  private final long[] lengths;

  /** The layout that the directory describes, checked. */
  TiffLayout(EncodedPicture picture, TiffDirectory directory) {
    this.picture = picture;
    this.directory = directory;
    picture.checkSize(directory.value(WIDTH, 0), directory.value(HEIGHT, 0));
    width = (int) directory.value(WIDTH, 0);
    height = (int) directory.value(HEIGHT, 0);
    bits = readBits();
    samples = readSamples();
    isTiled = !directory.has(STRIP_OFFSETS);
    segmentWidth = isTiled ? directory.value(TILE_WIDTH, 0) : width;
    segmentHeight =
        isTiled
            ? directory.value(TILE_HEIGHT, 0)
            : Math.min(height, directory.value(ROWS_PER_STRIP, height));
    offsets = directory.values(isTiled ? TILE_OFFSETS : STRIP_OFFSETS);
    int byteCounts = isTiled ? TILE_BYTE_COUNTS : STRIP_BYTE_COUNTS;
    lengths = directory.values(byteCounts);
    if (compression() != UNCOMPRESSED && directory.isUnreadable(byteCounts)) {
      throw picture.truncated();
    }
    checkSegments();
  }

  private int readBits() {
    long first = directory.value(BITS_PER_SAMPLE, 1);
    for (long other : directory.values(BITS_PER_SAMPLE)) {
      if (other != first) {
        throw picture.fault("samples of " + first + " and of " + other + " bits (expected: alike)");
      }
    }
    if (first < 1 || first > 32) {
      throw picture.fault(first + " bits a sample (expected: 1 to 32)");
    }
    return (int) first;
  }

  private int readSamples() {
    long count = directory.value(SAMPLES_PER_PIXEL, 1);
    if (count < 1 || count > MOST_SAMPLES) {
      throw picture.fault(count + " samples a pixel (expected: 1 to " + MOST_SAMPLES + ")");
    }
    return (int) count;
  }

  private void checkSegments() {
    long most = Math.max(USUAL_BYTES, 2L * width * height * samples * bits / 8);
    if (segmentWidth < 1 || segmentHeight < 1 || segmentWidth > most || allBytes() > most) {
      throw picture.fault(
          "strips or tiles of %d x %d (expected: about the picture's size in all)"
              .formatted(segmentWidth, segmentHeight));
    }
    long planes = isPlanar() ? samples : 1;
    if (offsets.length < planes * segmentsAcross() * segmentsDown()) {
      throw picture.fault(
          "%d strips or tiles (expected: %d)"
              .formatted(offsets.length, planes * segmentsAcross() * segmentsDown()));
    }
  }

  /** Bytes of all segments; a double, which does not overflow. */
  private double allBytes() {
    int planes = isPlanar() ? samples : 1;
    return (double) rowBytes() * segmentHeight * segmentsAcross() * segmentsDown() * planes;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  int bits() {
    return bits;
  }

  /** Samples a pixel. */
  int samples() {
    return samples;
  }

  int compression() {
    return (int) directory.value(COMPRESSION, UNCOMPRESSED);
  }

  /** Whether neighbouring pixels of a row are stored as differences. */
  boolean hasDifferences() {
    long predictor = directory.value(PREDICTOR, 1);
    if (predictor > 2) {
      throw picture.fault("predictor " + predictor + " (expected: 1 or 2)");
    }
    return predictor == 2;
  }

  /** Whether the first bit of a byte is its lowest. */
  boolean hasReversedBits() {
    return directory.value(FILL_ORDER, 1) == 2;
  }

  /** Whether each sample has segments of its own. */
  boolean isPlanar() {
    return directory.value(PLANAR_CONFIGURATION, 1) == 2 && samples > 1;
  }

  /** Samples of a pixel that lie side by side. */
  int samplesTogether() {
    return isPlanar() ? 1 : samples;
  }

  int segmentWidth() {
    return (int) segmentWidth;
  }

  /** Rows of a segment; the lowest segments of strips may have fewer. */
  int segmentHeight() {
    return (int) Math.min(segmentHeight, height);
  }

  /** How many rows a segment stores of which so many are in the picture: tiles are always whole. */
  int storedRows(int rows) {
    return isTiled ? (int) segmentHeight : rows;
  }

  int segmentsAcross() {
    return (int) ((width + segmentWidth - 1) / segmentWidth);
  }

  int segmentsDown() {
    return (int) ((height + segmentHeight - 1) / segmentHeight);
  }

  /** Bytes of a segment's row. */
  long rowBytes() {
    return (segmentWidth * bits * samplesTogether() + 7) / 8;
  }

  /** Where a segment's bytes begin. */
  long offset(int segment) {
    return offsets[segment];
  }

  /** How many bytes a compressed segment has; all that follow if that is not said. */
  int length(int segment) {
    long here = picture.length() - offsets[segment];
    long length = segment < lengths.length ? lengths[segment] : Math.max(0, here);
    if (offsets[segment] < 0 || length < 0 || length > here) {
      throw picture.truncated();
    }
    return (int) length;
  }
}
