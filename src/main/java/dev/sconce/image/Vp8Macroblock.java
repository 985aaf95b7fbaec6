package dev.sconce.image;

/** The modes of one macroblock of VP8, filled anew for each. Owned by one reading. */
final class Vp8Macroblock {
  int segment;

  /** Whether it has no coefficients. */
  boolean isEmpty;

  /** Whether each 4x4 subblock of luma has a mode of its own. */
  boolean hasSubblocks;

  /** The mode of luma as a whole, a constant of {@link Vp8Modes}. */
  int luma;

  /** The modes of the subblocks, row by row. */
  final int[] subblocks = new int[16];

  /** The mode of both chroma planes. */
  int chroma;
}
