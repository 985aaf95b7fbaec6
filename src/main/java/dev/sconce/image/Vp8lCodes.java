package dev.sconce.image;

import java.util.Arrays;

/**
 * The five prefix codes that one region of a VP8L image is read with (WebP Lossless Bitstream
 * Specification, section 6.2). Immutable.
 */
record Vp8lCodes(
    Vp8lHuffman green, Vp8lHuffman red, Vp8lHuffman blue, Vp8lHuffman alpha, Vp8lHuffman distance) {
  private static final int LITERALS = 256;
  private static final int LENGTHS = 24;
  private static final int DISTANCES = 40;
  private static final int[] ORDER = {
    17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
  };

  /** Reads five codes, the first of which also knows the colour cache's entries. */
  static Vp8lCodes read(EncodedPicture picture, Vp8lBits bits, int cacheSize) {
    return new Vp8lCodes(
        read(picture, bits, new int[LITERALS + LENGTHS + cacheSize]),
        read(picture, bits, new int[LITERALS]),
        read(picture, bits, new int[LITERALS]),
        read(picture, bits, new int[LITERALS]),
        read(picture, bits, new int[DISTANCES]));
  }

  private static Vp8lHuffman read(EncodedPicture picture, Vp8lBits bits, int[] lengths) {
    if (bits.flag()) {
      readSimple(bits, lengths);
    } else {
      readLengths(picture, bits, lengths);
    }
    return checked(picture, bits, lengths);
  }

  private static Vp8lHuffman checked(EncodedPicture picture, Vp8lBits bits, int[] lengths) {
    Vp8lHuffman code = new Vp8lHuffman(lengths);
    if (bits.isExhausted()) {
      throw picture.truncated();
    }
    if (!code.isSound()) {
      throw picture.fault("prefix code that is not complete");
    }
    return code;
  }

  /** One or two symbols. */
  private static void readSimple(Vp8lBits bits, int[] lengths) {
    boolean hasTwo = bits.flag();
    int first = bits.number(bits.flag() ? 8 : 1);
    int second = hasTwo ? bits.number(8) : first;
    if (first < lengths.length) {
      lengths[first] = 1;
    }
    if (second < lengths.length) {
      lengths[second] = 1;
    }
  }

  private static void readLengths(EncodedPicture picture, Vp8lBits bits, int[] lengths) {
    int[] lengthLengths = new int[ORDER.length];
    int count = 4 + bits.number(4);
    for (int i = 0; i < count; i++) {
      lengthLengths[ORDER[i]] = bits.number(3);
    }
    Vp8lHuffman code = checked(picture, bits, lengthLengths);
    int left = bits.flag() ? 2 + bits.number(2 + 2 * bits.number(3)) : lengths.length;
    if (left > lengths.length) {
      throw picture.fault(
          "prefix code of " + left + " symbols (expected: at most " + lengths.length + ")");
    }
    int previous = 8;
    int at = 0;
    while (at < lengths.length && left-- > 0) {
      int symbol = code.read(bits);
      if (symbol < 16) {
        lengths[at++] = symbol;
        previous = symbol == 0 ? previous : symbol;
      } else {
        int repeats = repeats(symbol, bits);
        if (at + repeats > lengths.length) {
          throw picture.fault("prefix code with too many lengths");
        }
        Arrays.fill(lengths, at, at + repeats, symbol == 16 ? previous : 0);
        at += repeats;
      }
    }
  }

  /** How often a length comes again, or 0 comes, by the bits behind a symbol above 15. */
  private static int repeats(int symbol, Vp8lBits bits) {
    if (symbol == 16) {
      return 3 + bits.number(2);
    }
    return symbol == 17 ? 3 + bits.number(3) : 11 + bits.number(7);
  }
}
