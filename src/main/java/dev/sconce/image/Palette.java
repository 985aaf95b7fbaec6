package dev.sconce.image;

/**
 * 256 colours, and the way from rows of indices to RGB. Greys are a palette, too: a sample of few
 * bits is an index to a grey. Entries that a file does not define are black, as in Pillow.
 * Immutable.
 */
final class Palette {
  static final int SIZE = 256;

  private final byte[] rgb;

  /** The colours of {@code 256 * 3} bytes, which are not copied. */
  Palette(byte[] rgb) {
    this.rgb = rgb;
  }

  /** The greys that samples of so many bits stand for, from black to white; at most 8 bits. */
  static Palette greys(int bits) {
    byte[] rgb = new byte[3 * SIZE];
    int white = (1 << bits) - 1;
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (Math.min(i / 3, white) * 255 / white);
    }
    return new Palette(rgb);
  }

  /** The same colours in opposite order, for samples of so many bits in which 0 is white. */
  Palette reversed(int bits) {
    byte[] reversed = new byte[3 * SIZE];
    int last = (1 << bits) - 1;
    for (int i = 0; i <= last; i++) {
      System.arraycopy(rgb, 3 * (last - i), reversed, 3 * i, 3);
    }
    return new Palette(reversed);
  }

  /**
   * Writes the colours of a row of indices.
   *
   * @param row indices of {@code bits} bits each, the first in the highest bits of a byte
   * @param out receives RGB from {@code at} on, pixels {@code step} bytes apart
   */
  void expand(byte[] row, int from, int bits, int count, byte[] out, int at, int step) {
    int mask = (1 << bits) - 1;
    int to = at;
    for (int i = 0; i < count; i++) {
      int bit = i * bits;
      int index = row[from + (bit >> 3)] >> (8 - bits - (bit & 7)) & mask;
      out[to] = rgb[3 * index];
      out[to + 1] = rgb[3 * index + 1];
      out[to + 2] = rgb[3 * index + 2];
      to += step;
    }
  }
}
