package dev.sconce.image;

/**
 * VP8's boolean entropy decoder (RFC 6386, section 7). Behind its end it gives zeros and remembers
 * that it did, as libwebp's bit reader does. Owned by one reading.
 */
final class Vp8Bits {
  private static final int EVEN = 128;

  private final byte[] data;
  private final int end;
  private int at;

  /** What is not decoded yet: {@code bits + 8} bits. */
  private long value;

  private int bits = -8;

  /** One less than the range, 127 to 254. */
  private int range = 254;

  private boolean exhausted;

  /** The bytes from {@code start} to {@code end}. */
  Vp8Bits(byte[] data, int start, int end) {
    this.data = data;
    this.at = start;
    this.end = end;
  }

  /** Whether a bit was asked for that is not there. */
  boolean isExhausted() {
    return exhausted;
  }

  /** A bit that is 0 with the given probability, in 256ths. */
  int bit(int probability) {
    if (bits < 0) {
      load();
    }
    int split = (range * probability) >> 8;
    int bit = 0;
    int rest = split + 1;
    if ((int) (value >>> bits) > split) {
      value -= (long) rest << bits;
      rest = range - split;
      bit = 1;
    }
    int shift = Integer.numberOfLeadingZeros(rest) - 24;
    range = (rest << shift) - 1;
    bits -= shift;
    return bit;
  }

  /** A bit of even probability. */
  boolean flag() {
    return bit(EVEN) == 1;
  }

  /** A number of so many bits. */
  int number(int size) {
    int number = 0;
    for (int i = 0; i < size; i++) {
      number = number << 1 | bit(EVEN);
    }
    return number;
  }

  /** A number of so many bits with a sign behind them. */
  int signed(int size) {
    return sign(number(size));
  }

  /** A flag and, if it is set, a signed number; else 0. */
  int optional(int size) {
    return flag() ? signed(size) : 0;
  }

  /** The number, or its negative if a bit is set. */
  int sign(int number) {
    return flag() ? -number : number;
  }

  private void load() {
    if (at + 6 <= end) {
      for (int i = 0; i < 6; i++) {
        value = value << 8 | (data[at++] & 0xFF);
      }
      bits += 48;
    } else if (at < end) {
      value = value << 8 | (data[at++] & 0xFF);
      bits += 8;
    } else if (!exhausted) {
      value <<= 8;
      bits += 8;
      exhausted = true;
    } else {
      bits = 0;
    }
  }
}
