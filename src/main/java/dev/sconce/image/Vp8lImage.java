package dev.sconce.image;

import java.util.HexFormat;

/**
 * Reads one entropy-coded image of a VP8L stream (WebP Lossless Bitstream Specification, sections 5
 * and 6): the picture's own, or one that steers a transform or the choice of prefix codes. Owned by
 * one reading.
 */
final class Vp8lImage {
  private static final int LITERALS = 256;
  private static final int LENGTHS = 24;
  private static final int LARGEST_CACHE = 11;

  /** libwebp's encoder writes 2600 at most. */
  private static final int MOST_GROUPS = 10_000;

  /** What distances of 1 to 120 mean: rows up in the high digit, 8 less the columns to the left. */
  private static final byte[] NEAR =
      HexFormat.of()
          .parseHex(
              "1807171928062729161a262a38053739151b363a252b48044749141c353b"
                  + "464a242c58454b343c035759131d565a232d444c555b333d68026769121e"
                  + "666a222e545c434d656b323e78017779535d111f646c424e767a212f757b"
                  + "313f636d525e00747c414f1020626e30737d515f40727e616f50717f6070");

  private final EncodedPicture picture;
  private final Vp8lBits bits;
  private final int width;
  private final int[] pixels;
  private final int cacheBits;
  private final int[] cache;
  private final Vp8lCodes[] groups;

  /** Which group of codes each block of pixels is read with. */
  private int[] groupOfBlock = {0};

  private int blockBits = 31;
  private int done;

  private Vp8lImage(
      EncodedPicture picture, Vp8lBits bits, int width, int height, boolean isWholePicture) {
    this.picture = picture;
    this.bits = bits;
    this.width = width;
    this.pixels = new int[width * height];
    this.cacheBits = bits.flag() ? bits.number(4) : 0;
    this.cache = new int[cacheBits == 0 ? 0 : 1 << checkedCacheBits()];
    if (isWholePicture && bits.flag()) {
      readGroups(height);
    }
    this.groups = readCodes();
  }

  /**
   * ARGB pixels, row by row; only the image of the whole picture may have several groups of codes.
   */
  static int[] read(
      EncodedPicture picture, Vp8lBits bits, int width, int height, boolean isWholePicture) {
    Vp8lImage image = new Vp8lImage(picture, bits, width, height, isWholePicture);
    image.decode();
    return image.pixels;
  }

  private int checkedCacheBits() {
    if (cacheBits < 1 || cacheBits > LARGEST_CACHE) {
      throw picture.fault("colour cache of " + cacheBits + " bits (expected: 1 to 11)");
    }
    return cacheBits;
  }

  private void readGroups(int height) {
    blockBits = 2 + bits.number(3);
    groupOfBlock = read(picture, bits, blocks(width, blockBits), blocks(height, blockBits), false);
    for (int i = 0; i < groupOfBlock.length; i++) {
      groupOfBlock[i] = groupOfBlock[i] >> 8 & 0xFFFF;
    }
  }

  /** How many blocks of {@code 1 << blockBits} pixels there are in a row of so many pixels. */
  static int blocks(int pixels, int blockBits) {
    return (pixels + (1 << blockBits) - 1) >> blockBits;
  }

  private Vp8lCodes[] readCodes() {
    int count = 1;
    for (int group : groupOfBlock) {
      count = Math.max(count, group + 1);
    }
    if (count > MOST_GROUPS) {
      throw picture.fault(
          count + " groups of prefix codes (expected: at most " + MOST_GROUPS + ")");
    }
    Vp8lCodes[] read = new Vp8lCodes[count];
    for (int i = 0; i < count; i++) {
      read[i] = Vp8lCodes.read(picture, bits, cache.length);
    }
    return read;
  }

  private void decode() {
    while (done < pixels.length) {
      Vp8lCodes codes = codes();
      int symbol = codes.green().read(bits);
      if (symbol < LITERALS) {
        put(literal(codes, symbol));
      } else if (symbol < LITERALS + LENGTHS) {
        copy(codes, symbol - LITERALS);
      } else {
        put(cache[symbol - LITERALS - LENGTHS]);
      }
      if (bits.isExhausted()) {
        throw picture.truncated();
      }
    }
  }

  private Vp8lCodes codes() {
    if (groups.length == 1) {
      return groups[0];
    }
    int x = done % width >> blockBits;
    int y = (done / width) >> blockBits;
    return groups[groupOfBlock[y * blocks(width, blockBits) + x]];
  }

  private int literal(Vp8lCodes codes, int green) {
    int red = codes.red().read(bits);
    int blue = codes.blue().read(bits);
    int alpha = codes.alpha().read(bits);
    return alpha << 24 | red << 16 | green << 8 | blue;
  }

  private void put(int pixel) {
    pixels[done++] = pixel;
    if (cacheBits > 0) {
      cache[(pixel * 0x1E35A7BD) >>> (32 - cacheBits)] = pixel;
    }
  }

  private void copy(Vp8lCodes codes, int lengthSymbol) {
    int length = number(lengthSymbol);
    int distance = distance(number(codes.distance().read(bits)));
    if (distance > done || length > pixels.length - done) {
      throw picture.fault("copy of %d pixels from %d before".formatted(length, distance));
    }
    for (int i = 0; i < length; i++) {
      put(pixels[done - distance]);
    }
  }

  /** The length or distance that a symbol and the extra bits behind it mean. */
  private int number(int symbol) {
    if (symbol < 4) {
      return symbol + 1;
    }
    int extra = (symbol - 2) >> 1;
    return ((2 + (symbol & 1)) << extra) + bits.number(extra) + 1;
  }

  private int distance(int code) {
    if (code > NEAR.length) {
      return code - NEAR.length;
    }
    int near = NEAR[code - 1];
    return Math.max(1, (near >> 4) * width + 8 - (near & 15));
  }
}
