package dev.sconce.image;

/**
 * The growing table of an LZW decoder with codes of at most 12 bits, as GIF and TIFF use it: codes
 * below {@code clear} are bytes, two more are reserved, each further one is an earlier string and a
 * byte. Owned by one decoding.
 */
final class LzwTable {
  static final int LONGEST_CODE = 12;

  /** What {@link #write} answers to a code that has no string yet. */
  static final int UNKNOWN = -1;

  private static final int SIZE = 1 << LONGEST_CODE;
  private static final int NONE = -1;

  private final int clear;
  private final short[] prefix = new short[SIZE];
  private final byte[] last = new byte[SIZE];
  private final short[] length = new short[SIZE];
  private int next;
  private int previous;

  LzwTable(int clear) {
    this.clear = clear;
    reset();
  }

  /** Forgets all strings. */
  void reset() {
    next = clear + 2;
    previous = NONE;
  }

  /** The code that the next string will have. */
  int next() {
    return next;
  }

  /**
   * Writes a code's string, as far as there is room, and learns the next one.
   *
   * @return where the string ends, which may be behind the array; {@link #UNKNOWN} if there is none
   */
  int write(int code, byte[] out, int from) {
    if (code > (previous == NONE ? clear : next)) {
      return UNKNOWN;
    }
    boolean repeats = code == next; // the string before and its own first byte once more
    int rest = repeats ? previous : code;
    int end = from + length(rest);
    for (int to = end - 1; rest > clear; to--) {
      if (to < out.length) {
        out[to] = last[rest];
      }
      rest = prefix[rest];
    }
    out[from] = (byte) rest;
    if (repeats && end < out.length) {
      out[end] = (byte) rest;
    }
    learn((byte) rest);
    previous = code;
    return repeats ? end + 1 : end;
  }

  private int length(int code) {
    return code < clear ? 1 : length[code];
  }

  private void learn(byte first) {
    if (previous != NONE && next < SIZE) {
      prefix[next] = (short) previous;
      last[next] = first;
      length[next] = (short) (length(previous) + 1);
      next++;
    }
  }
}
