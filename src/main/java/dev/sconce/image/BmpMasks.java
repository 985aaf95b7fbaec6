package dev.sconce.image;

import java.util.List;
import java.util.Set;

/** Where red, green and blue lie in a pixel of a BMP, read as a little-endian number. */
record BmpMasks(int red, int green, int blue) {
  private static final BmpMasks EIGHT_BITS = new BmpMasks(0xFF0000, 0xFF00, 0xFF);
  private static final BmpMasks FIVE_BITS = new BmpMasks(0x7C00, 0x3E0, 0x1F);
  private static final BmpMasks SIX_BITS_OF_GREEN = new BmpMasks(0xF800, 0x7E0, 0x1F);

  /** Red, green, blue and alpha in 32 bits, as Pillow's BmpImagePlugin lists them. */
  private static final Set<List<Integer>> IN_32_BITS =
      Set.of(
          List.of(0xFF0000, 0xFF00, 0xFF, 0),
          List.of(0xFF000000, 0xFF0000, 0xFF00, 0),
          List.of(0xFF000000, 0xFF00, 0xFF, 0),
          List.of(0xFF000000, 0xFF0000, 0xFF00, 0xFF),
          List.of(0xFF, 0xFF00, 0xFF0000, 0xFF000000),
          List.of(0xFF0000, 0xFF00, 0xFF, 0xFF000000),
          List.of(0xFF000000, 0xFF00, 0xFF, 0xFF0000));

  /** What pixels of so many bits are made of if the file does not say. */
  static BmpMasks usual(int bits) {
    return bits == 16 ? FIVE_BITS : EIGHT_BITS;
  }

  /**
   * Reads three masks, or with alpha four.
   *
   * @param alphaAt where alpha's mask stands; negative if there is none
   */
  static BmpMasks read(EncodedPicture picture, int bits, long at, long alphaAt) {
    int red = (int) picture.u32le(at);
    int green = (int) picture.u32le(at + 4);
    int blue = (int) picture.u32le(at + 8);
    int alpha = alphaAt < 0 ? 0 : (int) picture.u32le(alphaAt);
    BmpMasks masks = new BmpMasks(red, green, blue);
    boolean none = red == 0 && green == 0 && blue == 0 && alpha == 0;
    boolean known =
        switch (bits) {
          case 16 -> masks.equals(FIVE_BITS) || masks.equals(SIX_BITS_OF_GREEN);
          case 24 -> masks.equals(EIGHT_BITS);
          case 32 -> none || IN_32_BITS.contains(List.of(red, green, blue, alpha));
          default -> false;
        };
    if (!known) {
      throw picture.fault(
          "%d bits a pixel with fields %08x, %08x, %08x, %08x"
              .formatted(bits, red, green, blue, alpha));
    }
    return none ? EIGHT_BITS : masks;
  }

  /** Writes a pixel's colours, scaled to eight bits. */
  void put(int pixel, byte[] rgb, int at) {
    rgb[at] = channel(pixel, red);
    rgb[at + 1] = channel(pixel, green);
    rgb[at + 2] = channel(pixel, blue);
  }

  private static byte channel(int pixel, int mask) {
    int shift = Integer.numberOfTrailingZeros(mask);
    return (byte) (((pixel & mask) >>> shift) * 255 / (mask >>> shift));
  }
}
