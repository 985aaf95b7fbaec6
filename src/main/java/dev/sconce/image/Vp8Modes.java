package dev.sconce.image;

import java.util.Arrays;

/** Reads the macroblocks' prediction modes (RFC 6386, section 11). Owned by one reading. */
final class Vp8Modes {
  // The numbers are those by which the table of probabilities is ordered.
  static final int DC = 0;
  static final int TRUE_MOTION = 1;
  static final int VERTICAL = 2;
  static final int HORIZONTAL = 3;
  static final int RIGHT_DOWN = 4;
  static final int VERTICAL_RIGHT = 5;
  static final int LEFT_DOWN = 6;
  static final int VERTICAL_LEFT = 7;
  static final int HORIZONTAL_DOWN = 8;
  static final int HORIZONTAL_UP = 9;

  private static final int MODES = 10;

  /** Pairs of children, by bit: an index of the next pair, or the complement of a mode. */
  private static final int[] TREE = {
    ~DC,
    1,
    ~TRUE_MOTION,
    2,
    ~VERTICAL,
    3,
    4,
    6,
    ~HORIZONTAL,
    5,
    ~RIGHT_DOWN,
    ~VERTICAL_RIGHT,
    ~LEFT_DOWN,
    7,
    ~VERTICAL_LEFT,
    8,
    ~HORIZONTAL_DOWN,
    ~HORIZONTAL_UP
  };

  private final Vp8Header header;
  private final Vp8Bits bits;

  /** The subblock modes above, four to a macroblock, and to the left. */
  private final int[] above;

  private final int[] left = new int[4];

  Vp8Modes(Vp8Header header) {
    this.header = header;
    this.bits = header.modes();
    this.above = new int[4 * header.macroblocksWide()];
  }

  /** Forgets what is to the left. */
  void startRow() {
    Arrays.fill(left, DC);
  }

  /** Reads the modes of the next macroblock, in the given column. */
  void read(Vp8Macroblock block, int column) {
    block.segment = header.segments().readSegment(bits);
    int skip = header.skipProbability();
    block.isEmpty = skip != Vp8Header.NEVER_SKIPPED && bits.bit(skip) == 1;
    block.hasSubblocks = bits.bit(145) == 0;
    if (block.hasSubblocks) {
      readSubblocks(block.subblocks, 4 * column);
    } else {
      block.luma = readLuma();
      Arrays.fill(above, 4 * column, 4 * column + 4, block.luma);
      Arrays.fill(left, block.luma);
    }
    block.chroma = readChroma();
  }

  private int readLuma() {
    if (bits.bit(156) == 0) {
      return bits.bit(163) == 0 ? DC : VERTICAL;
    }
    return bits.bit(128) == 0 ? HORIZONTAL : TRUE_MOTION;
  }

  private int readChroma() {
    if (bits.bit(142) == 0) {
      return DC;
    }
    if (bits.bit(114) == 0) {
      return VERTICAL;
    }
    return bits.bit(183) == 0 ? HORIZONTAL : TRUE_MOTION;
  }

  private void readSubblocks(int[] modes, int column) {
    for (int i = 0; i < modes.length; i++) {
      int x = column + i % 4;
      int y = i / 4;
      modes[i] = readSubblock((above[x] * MODES + left[y]) * (MODES - 1));
      above[x] = modes[i];
      left[y] = modes[i];
    }
  }

  private int readSubblock(int probabilities) {
    int pair = 0;
    while (true) {
      int next = TREE[2 * pair + bits.bit(Vp8Tables.SUBBLOCK_MODES[probabilities + pair])];
      if (next < 0) {
        return ~next;
      }
      pair = next;
    }
  }
}
