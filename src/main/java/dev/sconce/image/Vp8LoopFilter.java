package dev.sconce.image;

/**
 * VP8's loop filters (RFC 6386, section 15), over the edges of macroblocks and of the blocks in
 * them. Owned by one reading.
 */
final class Vp8LoopFilter {
  private final Vp8Strength strength;
  private final boolean simple;

  Vp8LoopFilter(Vp8Strength strength, boolean simple) {
    this.strength = strength;
    this.simple = simple;
  }

  /**
   * Filters a macroblock of one plane.
   *
   * @param size its samples a side, 16 or 8
   * @param inside whether the edges of the blocks in it are filtered, too
   */
  void filter(Vp8Plane plane, int x, int y, int size, boolean inside) {
    byte[] samples = plane.samples();
    int stride = plane.stride();
    int at = plane.at(x, y);
    if (x > 0) {
      edge(samples, at, 1, stride, size, true);
    }
    for (int i = 4; inside && i < size; i += 4) {
      edge(samples, at + i, 1, stride, size, false);
    }
    if (y > 0) {
      edge(samples, at, stride, 1, size, true);
    }
    for (int i = 4; inside && i < size; i += 4) {
      edge(samples, at + i * stride, stride, 1, size, false);
    }
  }

  /**
   * Filters along one edge.
   *
   * @param across from one side of the edge to the other
   * @param along from one place on the edge to the next
   * @param outer whether it is an edge of the macroblock
   */
  private void edge(byte[] p, int start, int across, int along, int size, boolean outer) {
    int limit = 2 * (strength.limit() + (outer ? 4 : 0)) + 1;
    for (int i = 0, at = start; i < size; i++, at += along) {
      if (simple) {
        if (step(p, at, across) <= limit) {
          change2(p, at, across);
        }
      } else if (step(p, at, across) <= limit && isFlat(p, at, across)) {
        if (isRough(p, at, across)) {
          change2(p, at, across);
        } else if (outer) {
          change6(p, at, across);
        } else {
          change4(p, at, across);
        }
      }
    }
  }

  private static int step(byte[] p, int at, int across) {
    return 4 * difference(p, at - across, at) + difference(p, at - 2 * across, at + across);
  }

  private static int difference(byte[] p, int i, int j) {
    return Math.abs((p[i] & 0xFF) - (p[j] & 0xFF));
  }

  private boolean isFlat(byte[] p, int at, int across) {
    int most = strength.interior();
    return difference(p, at - 4 * across, at - 3 * across) <= most
        && difference(p, at - 3 * across, at - 2 * across) <= most
        && difference(p, at - 2 * across, at - across) <= most
        && difference(p, at + 3 * across, at + 2 * across) <= most
        && difference(p, at + 2 * across, at + across) <= most
        && difference(p, at + across, at) <= most;
  }

  private boolean isRough(byte[] p, int at, int across) {
    int most = strength.highVariance();
    return difference(p, at - 2 * across, at - across) > most
        || difference(p, at + across, at) > most;
  }

  private static void change2(byte[] p, int at, int across) {
    int outer = limit((p[at - 2 * across] & 0xFF) - (p[at + across] & 0xFF), 127);
    int a = 3 * ((p[at] & 0xFF) - (p[at - across] & 0xFF)) + outer;
    change(p, at - across, limit((a + 3) >> 3, 15));
    change(p, at, -limit((a + 4) >> 3, 15));
  }

  private static void change4(byte[] p, int at, int across) {
    int a = 3 * ((p[at] & 0xFF) - (p[at - across] & 0xFF));
    int a1 = limit((a + 4) >> 3, 15);
    int a3 = (a1 + 1) >> 1;
    change(p, at - 2 * across, a3);
    change(p, at - across, limit((a + 3) >> 3, 15));
    change(p, at, -a1);
    change(p, at + across, -a3);
  }

  private static void change6(byte[] p, int at, int across) {
    int outer = limit((p[at - 2 * across] & 0xFF) - (p[at + across] & 0xFF), 127);
    int a = limit(3 * ((p[at] & 0xFF) - (p[at - across] & 0xFF)) + outer, 127);
    for (int i = 0, weight = 27; i < 3; i++, weight -= 9) {
      int delta = (weight * a + 63) >> 7;
      change(p, at - (i + 1) * across, delta);
      change(p, at + i * across, -delta);
    }
  }

  /** Limits to {@code -most - 1 .. most}. */
  private static int limit(int value, int most) {
    return Math.max(-most - 1, Math.min(most, value));
  }

  private static void change(byte[] p, int at, int delta) {
    int sample = (p[at] & 0xFF) + delta;
    p[at] = (byte) ((sample & ~0xFF) == 0 ? sample : ~sample >> 31);
  }
}
