package dev.sconce.image;

/**
 * How strongly the edges of a macroblock are filtered (RFC 6386, section 15.2 and 15.3).
 *
 * @param limit how large a step across an edge may be; 0 for no filtering
 * @param interior how large the steps beside it may be
 * @param highVariance beyond which step beside it less is changed
 */
record Vp8Strength(int limit, int interior, int highVariance) {
  /** The strength of a level, 0 to 63. */
  static Vp8Strength of(int level, int sharpness) {
    if (level == 0) {
      return new Vp8Strength(0, 0, 0);
    }
    int interior = level;
    if (sharpness > 0) {
      interior = Math.min(level >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
    }
    interior = Math.max(1, interior);
    return new Vp8Strength(2 * level + interior, interior, level >= 40 ? 2 : level >= 15 ? 1 : 0);
  }
}
