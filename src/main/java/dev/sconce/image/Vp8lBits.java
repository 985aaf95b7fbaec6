package dev.sconce.image;

/**
 * The bits of a VP8L stream, from the lowest of each byte on. Behind the end they are zeros, and
 * that they were read is remembered. Owned by one reading.
 */
final class Vp8lBits {
  private final byte[] data;
  private final int end;
  private int at;
  private long bits;
  private int count;
  private int padding;

  /** The bytes from {@code start} to {@code end}. */
  Vp8lBits(byte[] data, int start, int end) {
    this.data = data;
    this.at = start;
    this.end = end;
  }

  /** Whether bits were read that are not there. */
  boolean isExhausted() {
    return count < padding;
  }

  /** Makes at least 32 bits ready. */
  void fill() {
    while (count <= 32) {
      if (at < end) {
        bits |= (data[at++] & 0xFFL) << count;
      } else {
        padding += 8;
      }
      count += 8;
    }
  }

  /** The next bits, of which {@link #fill} has made 32 ready. */
  int peek() {
    return (int) bits;
  }

  /** Passes so many of the ready bits. */
  void skip(int size) {
    bits >>>= size;
    count -= size;
  }

  /** A number of at most 24 bits. */
  int number(int size) {
    fill();
    int number = (int) bits & (1 << size) - 1;
    skip(size);
    return number;
  }

  /** One bit. */
  boolean flag() {
    return number(1) == 1;
  }
}
