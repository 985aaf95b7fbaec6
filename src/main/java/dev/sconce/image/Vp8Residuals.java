package dev.sconce.image;

import java.util.Arrays;

/**
 * Reads the macroblocks' coefficients (RFC 6386, section 13) and dequantises them. Owned by one
 * reading.
 */
final class Vp8Residuals {
  /** Blocks of 16 coefficients in a macroblock: 16 of luma, then 4 of each chroma plane. */
  static final int BLOCKS = 24;

  private static final int LUMA_WITHOUT_DC = 0;
  private static final int SECOND = 1;
  private static final int CHROMA = 2;
  private static final int LUMA = 3;

  /** Of blocks above or to the left: four of luma, two of each chroma plane, the second order's. */
  private static final int CONTEXTS = 9;

  private static final int SECOND_CONTEXT = 8;
  private static final int[] BANDS = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};
  private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};

  /** The probabilities of the extra bits of large values. */
  private static final int[][] EXTRA_BITS = {
    {173, 148, 140},
    {176, 155, 140, 135},
    {180, 157, 141, 134, 130},
    {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}
  };

  private final int[] probabilities;

  /** 1 where a block has coefficients. */
  private final int[] above;

  private final int[] left = new int[CONTEXTS];
  private final short[] coefficients = new short[16 * BLOCKS];
  private final short[] second = new short[16];

  Vp8Residuals(Vp8Header header) {
    probabilities = header.coefficients();
    above = new int[CONTEXTS * header.macroblocksWide()];
  }

  /** The macroblock's coefficients, block by block, each in raster order. */
  short[] coefficients() {
    return coefficients;
  }

  /** Forgets what is to the left. */
  void startRow() {
    Arrays.fill(left, 0);
  }

  /** Notes that a macroblock has no coefficients. */
  void skip(Vp8Macroblock block, int column) {
    int contexts = block.hasSubblocks ? SECOND_CONTEXT : CONTEXTS;
    Arrays.fill(above, CONTEXTS * column, CONTEXTS * column + contexts, 0);
    Arrays.fill(left, 0, contexts, 0);
  }

  /**
   * Reads the coefficients of the macroblock in the given column.
   *
   * @return whether there is one that is not zero
   */
  boolean read(Vp8Bits bits, Vp8Macroblock block, Vp8Steps steps, int column) {
    Arrays.fill(coefficients, (short) 0);
    int top = CONTEXTS * column;
    int type = LUMA;
    if (!block.hasSubblocks) {
      type = LUMA_WITHOUT_DC;
      readSecond(bits, steps, top + SECOND_CONTEXT);
    }
    for (int i = 0; i < 16; i++) {
      read(bits, type, i, top + i % 4, i / 4, steps.lumaDc(), steps.lumaAc());
    }
    for (int i = 16; i < BLOCKS; i++) {
      int plane = 4 + (i - 16) / 4 * 2;
      int x = plane + i % 2;
      int y = plane + i / 2 % 2;
      read(bits, CHROMA, i, top + x, y, steps.chromaDc(), steps.chromaAc());
    }
    for (short coefficient : coefficients) {
      if (coefficient != 0) {
        return true;
      }
    }
    return false;
  }

  private void read(Vp8Bits bits, int type, int block, int x, int y, int dc, int ac) {
    int first = type == LUMA_WITHOUT_DC ? 1 : 0;
    int count = read(bits, type, above[x] + left[y], first, dc, ac, coefficients, 16 * block);
    above[x] = count > first ? 1 : 0;
    left[y] = above[x];
  }

  /** Reads the coefficients of the luma DCs, and transforms them into these. */
  private void readSecond(Vp8Bits bits, Vp8Steps steps, int x) {
    Arrays.fill(second, (short) 0);
    int context = above[x] + left[SECOND_CONTEXT];
    int count = read(bits, SECOND, context, 0, steps.secondDc(), steps.secondAc(), second, 0);
    above[x] = count > 0 ? 1 : 0;
    left[SECOND_CONTEXT] = above[x];
    Vp8Transform.secondOrder(second, coefficients);
  }

  /** Reads one block; answers the index behind the last coefficient, in zigzag order. */
  private int read(
      Vp8Bits bits, int type, int context, int first, int dc, int ac, short[] out, int at) {
    int n = first;
    int p = node(type, n, context);
    while (n < 16 && bits.bit(probabilities[p]) == 1) {
      while (bits.bit(probabilities[p + 1]) == 0) {
        n++;
        if (n == 16) {
          return 16;
        }
        p = node(type, n, 0);
      }
      boolean isLarge = bits.bit(probabilities[p + 2]) == 1;
      int value = isLarge ? large(bits, p) : 1;
      out[at + ZIGZAG[n]] = (short) (bits.sign(value) * (n == 0 ? dc : ac));
      n++;
      p = node(type, n, isLarge ? 2 : 1);
    }
    return n;
  }

  /** Where the eleven probabilities of a place and a context begin. */
  private static int node(int type, int n, int context) {
    return ((type * 8 + BANDS[n]) * 3 + context) * 11;
  }

  private int large(Vp8Bits bits, int p) {
    if (bits.bit(probabilities[p + 3]) == 0) {
      return bits.bit(probabilities[p + 4]) == 0 ? 2 : 3 + bits.bit(probabilities[p + 5]);
    }
    if (bits.bit(probabilities[p + 6]) == 0) {
      if (bits.bit(probabilities[p + 7]) == 0) {
        return 5 + bits.bit(159);
      }
      return 7 + 2 * bits.bit(165) + bits.bit(145);
    }
    int high = bits.bit(probabilities[p + 8]);
    int category = 2 * high + bits.bit(probabilities[p + 9 + high]);
    int extra = 0;
    for (int probability : EXTRA_BITS[category]) {
      extra = 2 * extra + bits.bit(probability);
    }
    return extra + 3 + (8 << category);
  }
}
