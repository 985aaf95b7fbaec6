package dev.sconce.image;

/**
 * What a VP8 frame says once for all macroblocks, or for each of up to four segments of them:
 * quantisers and the strength of the loop filter (RFC 6386, sections 9.3, 9.6 and 15.1; the
 * strengths as libwebp's frame_dec.c computes them). Owned by one reading.
 */
final class Vp8Segments {
  private static final int COUNT = 4;

  private final boolean areUsed;
  private final boolean haveMap;
  private boolean areAbsolute = true;
  private final int[] quantisers = new int[COUNT];
  private final int[] levels = new int[COUNT];
  private final int[] probabilities = {255, 255, 255};
  private final boolean simpleFilter;
  private final int level;
  private final int sharpness;
  private int frameDelta;
  private int subblockDelta;
  private final Vp8Steps[] steps = new Vp8Steps[COUNT];

  /** Reads the segments and the loop filter's header, which follow each other. */
  Vp8Segments(Vp8Bits bits) {
    areUsed = bits.flag();
    haveMap = areUsed && bits.flag();
    if (areUsed && bits.flag()) {
      areAbsolute = bits.flag();
      readEach(bits, quantisers, 7);
      readEach(bits, levels, 6);
    }
    if (haveMap) {
      for (int i = 0; i < probabilities.length; i++) {
        probabilities[i] = bits.flag() ? bits.number(8) : 255;
      }
    }
    simpleFilter = bits.flag();
    level = bits.number(6);
    sharpness = bits.number(3);
    if (bits.flag()) {
      readDeltas(bits);
    }
  }

  private static void readEach(Vp8Bits bits, int[] values, int size) {
    for (int i = 0; i < values.length; i++) {
      values[i] = bits.optional(size);
    }
  }

  /** Of eight deltas, those for key frames and for macroblocks with subblock modes count. */
  private void readDeltas(Vp8Bits bits) {
    if (!bits.flag()) {
      return;
    }
    int[] references = new int[4];
    int[] modes = new int[4];
    readEach(bits, references, 6);
    readEach(bits, modes, 6);
    frameDelta = references[0];
    subblockDelta = modes[0];
  }

  /** Reads the quantisers, which stand further on. */
  void readSteps(Vp8Bits bits) {
    int base = bits.number(7);
    int[] deltas = new int[5];
    readEach(bits, deltas, 4);
    for (int i = 0; i < COUNT; i++) {
      int index = areUsed ? quantisers[i] + (areAbsolute ? 0 : base) : base;
      steps[i] = Vp8Steps.of(index, deltas);
    }
  }

  /** The segment of the next macroblock. */
  int readSegment(Vp8Bits bits) {
    if (!haveMap) {
      return 0;
    }
    return bits.bit(probabilities[0]) == 0
        ? bits.bit(probabilities[1])
        : 2 + bits.bit(probabilities[2]);
  }

  Vp8Steps steps(int segment) {
    return steps[segment];
  }

  /** Whether there is a loop filter at all. */
  boolean areFiltered() {
    return level > 0;
  }

  boolean simpleFilter() {
    return simpleFilter;
  }

  /** How strongly a segment's macroblocks are filtered, with subblock modes or without. */
  Vp8Strength strength(int segment, boolean hasSubblocks) {
    int base = areUsed ? levels[segment] + (areAbsolute ? 0 : level) : level;
    int filtered = base + frameDelta + (hasSubblocks ? subblockDelta : 0);
    return Vp8Strength.of(Math.max(0, Math.min(63, filtered)), sharpness);
  }
}
