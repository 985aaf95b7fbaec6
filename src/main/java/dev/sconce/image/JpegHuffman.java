package dev.sconce.image;

/**
 * One Huffman table of a JPEG, made ready for decoding (ITU-T T.81, annex C).
 *
 * <p>Codes of up to {@link #LOOKAHEAD} bits are found in one step. For AC coefficients a second
 * array answers run and value at once where code and value together are that short. Immutable.
 */
final class JpegHuffman {
  /** How many of the next bits index the two arrays. */
  static final int LOOKAHEAD = 10;

  private static final int LONGEST = 16;

  private final int[] symbols;
  private final boolean isSound;
  private final int[] maxCode = new int[LONGEST + 2];
  private final int[] offset = new int[LONGEST + 2];
  private final short[] codes = new short[1 << LOOKAHEAD];
  private final int[] runs = new int[1 << LOOKAHEAD];

  /** The table with {@code counts[length - 1]} codes of each length, and their symbols in order. */
  JpegHuffman(int[] counts, int[] symbols) {
    this.symbols = symbols;
    int code = 0;
    int index = 0;
    boolean sound = true;
    for (int length = 1; length <= LONGEST; length++) {
      offset[length] = index - code;
      for (int i = 0; i < counts[length - 1]; i++) {
        enter(code++, length, symbols[index++]);
      }
      maxCode[length] = code - 1;
      sound &= code < 1 << length;
      code <<= 1;
    }
    maxCode[LONGEST + 1] = Integer.MAX_VALUE;
    isSound = sound;
  }

  private void enter(int code, int length, int symbol) {
    if (length > LOOKAHEAD || code >= 1 << length) {
      return;
    }
    int free = LOOKAHEAD - length;
    for (int rest = 0; rest < 1 << free; rest++) {
      codes[code << free | rest] = (short) (length << 8 | symbol);
      runs[code << free | rest] = run(symbol, length, rest, free);
    }
  }

  private static int run(int symbol, int length, int rest, int free) {
    int size = symbol & 15;
    if (size > free) {
      return 0;
    }
    int value = size == 0 ? 0 : extend(rest >> (free - size), size);
    return run(symbol, value) | length + size;
  }

  /**
   * An AC symbol with its value in one number: bits to consume in the low byte (left 0 here), zeros
   * to skip in the next, the value in the high half. A value of 0 marks a run without a value: 15
   * zeros and this one, or, with 63, the end of the block.
   */
  static int run(int symbol, int value) {
    if ((symbol & 15) == 0) {
      return (symbol == 0xF0 ? 15 : 63) << 8;
    }
    return value << 16 | symbol >> 4 << 8;
  }

  /** The signed value that {@code size} bits stand for, at least one (T.81, figure F.12). */
  static int extend(int bits, int size) {
    return bits < 1 << (size - 1) ? bits - (1 << size) + 1 : bits;
  }

  /** By the next bits: the code's length, then its symbol in the low byte; 0 for longer codes. */
  short[] codes() {
    return codes;
  }

  /** By the next bits: {@link #run} of code and value; 0 where the two together are longer. */
  int[] runs() {
    return runs;
  }

  /** The length of the code at the head of 17 bits; 17 if there is none. */
  int length(int bits) {
    int length = 1;
    while (bits >> (LONGEST + 1 - length) > maxCode[length]) {
      length++;
    }
    return length;
  }

  /** The symbol of a code of the given length; 0 for no code, as libjpeg has it. */
  int symbol(int code, int length) {
    return length > LONGEST ? 0 : symbols[code + offset[length]];
  }

  /** Whether there can be that many codes of each length; if not, nothing is to be decoded. */
  boolean isSound() {
    return isSound;
  }

  /** Whether every symbol is a size that a DC difference can have. */
  boolean fitsDc() {
    for (int symbol : symbols) {
      if (symbol > 15) {
        return false;
      }
    }
    return true;
  }
}
