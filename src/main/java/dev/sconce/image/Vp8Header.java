package dev.sconce.image;

/**
 * The header of a VP8 key frame (RFC 6386, section 9), within the limits of libwebp's vp8_dec.c.
 * Owned by one reading.
 */
final class Vp8Header {
  /** There is no probability that a macroblock is skipped: none is. */
  static final int NEVER_SKIPPED = -1;

  private static final int SIZE = 10;

  private final EncodedPicture picture;
  private final int width;
  private final int height;
  private final Vp8Bits modes;
  private final Vp8Segments segments;
  private final Vp8Bits[] partitions;
  private final int[] coefficients = Vp8Tables.COEFFICIENTS.clone();
  private final int skipProbability;

  /** Reads the header of the frame in the bytes from {@code start} to {@code end}. */
  Vp8Header(EncodedPicture picture, int start, int end) {
    this.picture = picture;
    int tag = checkedTag(picture, start);
    width = picture.u16le(start + 6) & 0x3FFF;
    height = picture.u16le(start + 8) & 0x3FFF;
    picture.checkSize(width, height);
    int behind = start + SIZE + (tag >> 5);
    if (behind > end) {
      throw picture.truncated();
    }
    modes = new Vp8Bits(picture.bytes(), start + SIZE, behind);
    modes.number(2); // colour space and clamping, of no consequence
    segments = new Vp8Segments(modes);
    partitions = partitions(1 << modes.number(2), behind, end);
    segments.readSteps(modes);
    modes.flag(); // whether later frames keep the probabilities: there are none
    readCoefficients();
    skipProbability = modes.flag() ? modes.number(8) : NEVER_SKIPPED;
  }

  /** The first three bytes, if they and those behind them begin a key frame that is shown. */
  static int checkedTag(EncodedPicture picture, long start) {
    int tag = picture.u16le(start) | picture.u8(start + 2) << 16;
    boolean isShownKeyFrame = (tag & 0x11) == 0x10 && (tag >> 1 & 7) <= 3;
    if (!isShownKeyFrame || !picture.matches(start + 3, "\u009d\u0001*")) {
      throw picture.fault("VP8 frame %06x (expected: a key frame that is shown)".formatted(tag));
    }
    return tag;
  }

  /** The sizes of all partitions but the last, of three bytes each, then the partitions. */
  private Vp8Bits[] partitions(int count, int start, int end) {
    Vp8Bits[] found = new Vp8Bits[count];
    int from = start + 3 * (count - 1);
    for (int i = 0; i < count; i++) {
      if (from > end) {
        throw picture.truncated();
      }
      int size = end - from;
      if (i < count - 1) {
        int said = picture.u16le(start + 3 * i) | picture.u8(start + 3 * i + 2) << 16;
        size = Math.min(size, said);
      }
      found[i] = new Vp8Bits(picture.bytes(), from, from + size);
      from += size;
    }
    return found;
  }

  private void readCoefficients() {
    for (int i = 0; i < coefficients.length; i++) {
      if (modes.bit(Vp8Tables.COEFFICIENT_UPDATES[i]) == 1) {
        coefficients[i] = modes.number(8);
      }
    }
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  int macroblocksWide() {
    return (width + 15) / 16;
  }

  int macroblocksHigh() {
    return (height + 15) / 16;
  }

  Vp8Segments segments() {
    return segments;
  }

  /** The first partition, from the macroblocks' modes on. */
  Vp8Bits modes() {
    return modes;
  }

  /** The partition with the coefficients of a row of macroblocks. */
  Vp8Bits partition(int macroblockRow) {
    return partitions[macroblockRow & partitions.length - 1];
  }

  /** As {@link Vp8Tables#COEFFICIENTS}, for this frame. */
  int[] coefficients() {
    return coefficients;
  }

  /** The probability that a macroblock has coefficients, or {@link #NEVER_SKIPPED}. */
  int skipProbability() {
    return skipProbability;
  }
}
