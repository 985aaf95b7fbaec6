package dev.sconce.image;

/**
 * Which part of the coefficients a progressive scan sends (ITU-T T.81, G.1.1).
 *
 * @param first zigzag index of the first coefficient; 0 means DC alone
 * @param last zigzag index of the last coefficient
 * @param refines whether the scan adds one bit to coefficients that an earlier scan has sent
 * @param shift how many low bits are still to come after this scan
 */
record JpegBand(int first, int last, boolean refines, int shift) {
  /** Everything at once. */
  static final JpegBand SEQUENTIAL = new JpegBand(0, 63, false, 0);

  /** Reads the three bytes at the end of a scan header; the limits are those of jdphuff.c. */
  static JpegBand read(EncodedPicture picture, int at, int components) {
    int first = picture.u8(at);
    int last = picture.u8(at + 1);
    int high = picture.u8(at + 2) >> 4;
    int low = picture.u8(at + 2) & 15;
    boolean dc = first == 0 && last == 0;
    boolean ac = first > 0 && first <= last && last < 64 && components == 1;
    if ((!dc && !ac) || low > 13 || (high != 0 && low != high - 1)) {
      throw picture.fault(
          "scan of coefficients %d to %d, bits %d to %d, %d components"
              .formatted(first, last, high, low, components));
    }
    return new JpegBand(first, last, high != 0, low);
  }

  /** Whether the scan decodes DC coefficients with a Huffman table. */
  boolean needsDcTable() {
    return first == 0 && !refines;
  }

  /** Whether the scan sends AC coefficients. */
  boolean needsAcTable() {
    return last > 0;
  }
}
