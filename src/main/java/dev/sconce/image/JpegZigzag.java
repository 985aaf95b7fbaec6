package dev.sconce.image;

/** The order in which a JPEG sends a block's coefficients (ITU-T T.81, figure 5). */
final class JpegZigzag {
  /**
   * The natural index, eight times the row plus the column, of each zigzag index. As in libjpeg,
   * the 16 entries behind the block lead to its last coefficient: a damaged run may go that far.
   */
  static final int[] NATURAL = new int[64 + 16];

  static {
    int k = 0;
    for (int diagonal = 0; diagonal < 15; diagonal++) {
      for (int i = 0; i <= diagonal; i++) {
        int x = diagonal % 2 == 0 ? i : diagonal - i;
        int y = diagonal - x;
        if (x < 8 && y < 8) {
          NATURAL[k++] = y * 8 + x;
        }
      }
    }
    while (k < NATURAL.length) {
      NATURAL[k++] = 63;
    }
  }

  private JpegZigzag() {}
}
