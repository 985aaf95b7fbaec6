package dev.sconce.image;

/**
 * One colour component of a JPEG while it is decoded: its geometry, the tables of the scan at hand,
 * its samples and, if progressive, its coefficients. Owned by one reading.
 */
final class JpegComponent {
  private final int id;
  private final int horizontal;
  private final int vertical;
  private final int quantisationIndex;
  private final int width;
  private final int height;
  private final int coefficientStride;
  private final short[] coefficients;
  private final JpegIdct idct;
  private int[] quantisation = {};
  private JpegHuffman dc = JpegStandardTables.LUMINANCE_DC;
  private JpegHuffman ac = JpegStandardTables.LUMINANCE_AC;
  private int predictor;

  /** The component whose three bytes of the frame header are at the given place. */
  JpegComponent(EncodedPicture picture, int at, JpegFrame frame) {
    id = picture.u8(at);
    horizontal = picture.u8(at + 1) >> 4;
    vertical = picture.u8(at + 1) & 15;
    quantisationIndex = picture.u8(at + 2);
    width = JpegFrame.ceilDiv(frame.width() * horizontal, frame.maxHorizontal());
    height = JpegFrame.ceilDiv(frame.height() * vertical, frame.maxVertical());
    idct = new JpegIdct(blocksWide(), blocksHigh());
    coefficientStride = frame.mcusWide() * horizontal * 64;
    int rows = frame.progressive() ? frame.mcusHigh() * vertical : 0;
    coefficients = new short[rows * coefficientStride];
  }

  int id() {
    return id;
  }

  /** Blocks in a row of an interleaved MCU. */
  int horizontal() {
    return horizontal;
  }

  /** Rows of blocks in an interleaved MCU. */
  int vertical() {
    return vertical;
  }

  /** Samples in a row that belong to the picture. */
  int width() {
    return width;
  }

  /** Rows of samples that belong to the picture. */
  int height() {
    return height;
  }

  /** Blocks in a row that hold samples of the picture. */
  int blocksWide() {
    return JpegFrame.ceilDiv(width, 8);
  }

  /** Rows of blocks that hold samples of the picture. */
  int blocksHigh() {
    return JpegFrame.ceilDiv(height, 8);
  }

  /** The decoded samples, complete after {@link #finish}. */
  byte[] samples() {
    return idct.samples();
  }

  /** From one row of samples to the next. */
  int stride() {
    return idct.stride();
  }

  JpegIdct idct() {
    return idct;
  }

  /** Progressive only: 64 for each block, in natural order, not dequantised. */
  short[] coefficients() {
    return coefficients;
  }

  /** Where a block's coefficients begin; blocks that only fill up MCUs have a place, too. */
  int coefficientsAt(int blockX, int blockY) {
    return blockY * coefficientStride + blockX * 64;
  }

  /** Takes the tables as they stand; the quantisation table stays that of the first scan. */
  void startScan(JpegTables tables, int selectors, JpegBand band) {
    if (quantisation.length == 0) {
      quantisation = tables.quantisation(quantisationIndex);
    }
    if (band.needsDcTable()) {
      dc = tables.dc(selectors >> 4);
    }
    if (band.needsAcTable()) {
      ac = tables.ac(selectors & 15);
    }
    predictor = 0;
  }

  JpegHuffman dc() {
    return dc;
  }

  JpegHuffman ac() {
    return ac;
  }

  /** Steps in zigzag order. */
  int[] quantisation() {
    return quantisation;
  }

  void resetPredictor() {
    predictor = 0;
  }

  /** The DC coefficient, not dequantised, that lies {@code difference} above the one before. */
  int predict(int difference) {
    predictor += difference;
    return predictor;
  }

  /** Turns what is still coefficients into samples, after the last scan. */
  void finish() {
    if (coefficients.length > 0 && quantisation.length > 0) {
      for (int y = 0; y < blocksHigh(); y++) {
        for (int x = 0; x < blocksWide(); x++) {
          idct.load(coefficients, coefficientsAt(x, y), quantisation);
          idct.place(x, y);
        }
      }
    }
    idct.flush();
  }
}
