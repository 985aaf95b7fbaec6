package dev.sconce.image;

/**
 * One prefix code of VP8L (WebP Lossless Bitstream Specification, section 6.2.1): canonical, read
 * from its first bit on, and complete but for a code of one symbol, which takes no bits. Immutable.
 */
final class Vp8lHuffman {
  private static final int LONGEST = 15;
  private static final int LOOKAHEAD = 8;

  /** The symbols that have codes, by length, then by number. */
  private final int[] symbols;

  private final int[] counts = new int[LONGEST + 1];
  private final int longest;

  /** By the next bits: length in the high half, symbol in the low half; 0 for longer codes. */
  private final int[] table;

  private final boolean isSound;

  /** The code with the given lengths, one for each symbol, 0 for those without a code. */
  Vp8lHuffman(int[] lengths) {
    int last = 0;
    for (int length : lengths) {
      counts[length]++;
      last = Math.max(last, length);
    }
    symbols = new int[lengths.length - counts[0]];
    counts[0] = 0;
    longest = symbols.length == 1 ? 0 : last;
    table = new int[1 << Math.min(LOOKAHEAD, longest)];
    isSound = sort(lengths) && (symbols.length == 1 || isComplete());
    if (isSound) {
      fillTable();
    }
  }

  private boolean sort(int[] lengths) {
    int[] next = new int[LONGEST + 1];
    for (int length = 1; length < LONGEST; length++) {
      next[length + 1] = next[length] + counts[length];
    }
    for (int symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] > 0) {
        symbols[next[lengths[symbol]]++] = symbol;
      }
    }
    return symbols.length > 0;
  }

  private boolean isComplete() {
    int free = 1;
    for (int length = 1; length <= LONGEST; length++) {
      free = 2 * free - counts[length];
      if (free < 0) {
        return false;
      }
    }
    return free == 0;
  }

  private void fillTable() {
    int index = 0;
    int code = 0;
    int indexBits = Integer.numberOfTrailingZeros(table.length);
    for (int length = 1; length <= indexBits; length++) {
      for (int i = 0; i < counts[length]; i++) {
        int entry = length << 16 | symbols[index++];
        for (int at = Integer.reverse(code++) >>> (32 - length);
            at < table.length;
            at += 1 << length) {
          table[at] = entry;
        }
      }
      code <<= 1;
    }
    if (indexBits == 0) {
      table[0] = symbols[0];
    }
  }

  /** Whether there is such a code; if not, nothing is to be read with it. */
  boolean isSound() {
    return isSound;
  }

  /** The next symbol; makes bits ready itself, and leaves at least 17. */
  int read(Vp8lBits bits) {
    bits.fill();
    int next = bits.peek();
    int entry = table[next & table.length - 1];
    if (entry != 0 || longest == 0) {
      bits.skip(entry >> 16);
      return entry & 0xFFFF;
    }
    return readLong(bits, next);
  }

  private int readLong(Vp8lBits bits, int next) {
    int code = 0;
    int first = 0;
    int index = 0;
    int length = 0;
    do {
      first = (first + counts[length]) << 1;
      index += counts[length];
      code = code << 1 | (next >> length & 1);
      length++;
    } while (code - first >= counts[length]);
    bits.skip(length);
    return symbols[index + code - first];
  }
}
