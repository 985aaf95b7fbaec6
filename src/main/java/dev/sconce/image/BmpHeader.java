package dev.sconce.image;

import java.util.Set;

/**
 * The header of a BMP, read as Pillow's BmpImagePlugin reads it.
 *
 * @param size bytes of the information header, which tell its kind
 * @param bits bits a pixel
 * @param compression 0 none, 1 and 2 run-length, 3 bit fields
 * @param topDown whether the file's first row is the uppermost
 */
record BmpHeader(
    EncodedPicture picture,
    int size,
    int width,
    int height,
    int bits,
    int compression,
    boolean topDown) {
  private static final int START = 14;
  private static final int OS2_SIZE = 12;
  private static final int BIT_FIELDS = 3;

  /** So many may be named, if no more than 256 are there. */
  private static final int MOST_COLOURS = 65_536;

  private static final Set<Long> SIZES = Set.of(12L, 40L, 52L, 56L, 64L, 108L, 124L);
  private static final Set<Integer> DEPTHS = Set.of(1, 4, 8, 16, 24, 32);

  /** Reads and checks the header. */
  static BmpHeader read(EncodedPicture picture) {
    long size = picture.u32le(START);
    if (!SIZES.contains(size)) {
      throw picture.fault("header of %d bytes (expected: one of %s)".formatted(size, SIZES));
    }
    boolean os2 = size == OS2_SIZE;
    boolean topDown = !os2 && picture.u8(25) == 0xFF;
    long width = os2 ? picture.u16le(18) : picture.u32le(18);
    long rows = os2 ? picture.u16le(20) : picture.u32le(22);
    long height = topDown ? (1L << 32) - rows : rows;
    picture.checkSize(width, height);
    int bits = picture.u16le(os2 ? 24 : 28);
    long compression = os2 ? 0 : picture.u32le(30);
    boolean runs = compression == 1 || compression == 2;
    boolean fields = compression == BIT_FIELDS;
    if (!DEPTHS.contains(bits)
        || compression > BIT_FIELDS
        || (runs && bits > 8)
        || (fields && bits <= 8)) {
      throw picture.fault("%d bits a pixel, compression %d".formatted(bits, compression));
    }
    return new BmpHeader(
        picture, (int) size, (int) width, (int) height, bits, (int) compression, topDown);
  }

  boolean hasRuns() {
    return compression == 1 || compression == 2;
  }

  /** Whether runs are of two indices in turn, four bits each. */
  boolean hasRunsOfPairs() {
    return compression == 2;
  }

  /** From one row to the next: rows begin at multiples of four bytes. */
  long stride() {
    return ((long) width * bits + 31) / 32 * 4;
  }

  /** Where red, green and blue lie in a pixel of more than eight bits. */
  BmpMasks masks() {
    if (compression != BIT_FIELDS) {
      return BmpMasks.usual(bits);
    }
    boolean inHeader = size >= 52;
    long at = inHeader ? START + 40 : START + size;
    return BmpMasks.read(picture, bits, at, size >= 56 ? at + 12 : -1);
  }

  /** Where the palette stands if there is one, behind the header. */
  long paletteAt() {
    return (long) START + size;
  }

  /** Bytes of an entry of the palette: blue, green, red, and but for OS/2 one more. */
  int entryBytes() {
    return size == OS2_SIZE ? 3 : 4;
  }

  /** Entries of the palette of a picture of at most eight bits a pixel. */
  int colours() {
    long colours = size == OS2_SIZE ? 0 : picture.u32le(46);
    long stored = Math.min(colours, (picture.length() - paletteAt()) / entryBytes());
    if (stored > Palette.SIZE || colours > MOST_COLOURS) {
      throw picture.fault("palette of " + colours + " colours (expected: at most 256)");
    }
    return colours == 0 ? 1 << bits : (int) colours;
  }

  /** Where the pixels begin. */
  long pixelsAt() {
    long named = picture.u32le(10);
    long table = bits <= 8 ? (long) entryBytes() * colours() : 0;
    if (named == START + size) {
      return named + table;
    }
    long masks = compression == BIT_FIELDS && size < 52 ? 12 : 0;
    return named == 0 ? START + size + table + masks : named;
  }
}
