package dev.sconce.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The arithmetic of Pillow's resampling: sums of weighted bytes, rounded to bytes.
 *
 * <p>Bytes travel in fours, each four in one int, the first lowest ("quads"): what moves them about
 * takes a quarter of the steps, and the two loops below run over neighbouring ints, which the JVM's
 * compiler turns into vector instructions. It would not do so with bytes, nor with two weights in
 * one loop.
 */
final class PilSums {
  /** What a sum begins with, so that cutting its fraction off rounds it. */
  static final int HALF = 1 << (PilWeights.PRECISION - 1);

  /** A quad in an array of bytes. */
  static final VarHandle QUAD =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private PilSums() {}

  /** How many quads hold so many bytes. */
  static int quads(int bytes) {
    return (bytes + 3) / 4;
  }

  /** Adds one byte of each quad, 0 to 3, times a weight to the sum in the same place. */
  static void add(int[] quads, int which, int weight, int[] sums) {
    int shift = 8 * which;
    for (int i = 0; i < sums.length; i++) {
      sums[i] += (quads[i] >>> shift & 0xFF) * weight;
    }
  }

  /**
   * Puts the rounded sums into one byte, 0 until then, of each quad. They are limited to 0..255
   * without branches: weights can be negative, and rounded ones add up to a little more than one.
   */
  static void round(int[] sums, int which, int[] quads) {
    int shift = 8 * which;
    for (int i = 0; i < sums.length; i++) {
      int sum = sums[i] >> PilWeights.PRECISION;
      int below = 255 - (sum & ~(sum >> 31));
      quads[i] |= (255 - (below & ~(below >> 31))) << shift;
    }
  }

  /** The bytes from a place on that are fewer than four; zeros follow the last. */
  static int last(byte[] bytes, int at) {
    int quad = 0;
    for (int i = 0; at + i < bytes.length; i++) {
      quad |= (bytes[at + i] & 0xFF) << (8 * i);
    }
    return quad;
  }

  /** Writes as many of the quad's bytes as there is room for. */
  static void putLast(int quad, byte[] bytes, int at, int end) {
    for (int i = 0; at + i < end; i++) {
      bytes[at + i] = (byte) (quad >> (8 * i));
    }
  }
}
