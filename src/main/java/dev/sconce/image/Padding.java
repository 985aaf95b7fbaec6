package dev.sconce.image;

/** What is beyond a picture's edges; fast.ai's {@code PadMode}. */
public enum Padding {
  /** Black. */
  ZEROS {
    @Override
    int inside(int at, int length) {
      return NOTHING;
    }
  },

  /** The outermost pixel, repeated. */
  BORDER {
    @Override
    int inside(int at, int length) {
      return Math.max(0, Math.min(length - 1, at));
    }
  },

  /** The picture mirrored at its outermost pixel, as often as it takes. */
  REFLECTION {
    @Override
    int inside(int at, int length) {
      int period = Math.max(1, 2 * (length - 1));
      int within = Math.floorMod(at, period);
      return within < length ? within : period - within;
    }
  };

  /** Stands for black. */
  static final int NOTHING = -1;

  /**
   * Which pixel of a side of that length is seen at a place beyond it; {@link #NOTHING} if none.
   */
  abstract int inside(int at, int length);
}
