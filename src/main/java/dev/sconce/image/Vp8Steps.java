package dev.sconce.image;

/**
 * The quantisation steps of a VP8 segment (RFC 6386, section 14.1): DC and AC for luma, for the
 * luma DCs that are transformed once more, and for chroma.
 */
record Vp8Steps(int lumaDc, int lumaAc, int secondDc, int secondAc, int chromaDc, int chromaAc) {
  private static final int LAST = 127;

  /** Chroma DC goes no further. */
  private static final int LAST_CHROMA_DC = 117;

  /**
   * The steps of a quantiser index.
   *
   * @param deltas what is added to it for luma DC, second DC, second AC, chroma DC and chroma AC
   */
  static Vp8Steps of(int index, int[] deltas) {
    return new Vp8Steps(
        dc(index + deltas[0], LAST),
        ac(index),
        dc(index + deltas[1], LAST) * 2,
        Math.max(8, ac(index + deltas[2]) * 155 / 100),
        dc(index + deltas[3], LAST_CHROMA_DC),
        ac(index + deltas[4]));
  }

  private static int dc(int index, int last) {
    return Vp8Tables.DC_STEPS[Math.max(0, Math.min(last, index))];
  }

  private static int ac(int index) {
    return Vp8Tables.AC_STEPS[Math.max(0, Math.min(LAST, index))];
  }
}
