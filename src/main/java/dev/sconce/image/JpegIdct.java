package dev.sconce.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The samples of one JPEG component, made from dequantised coefficients by the inverse DCT of
 * libjpeg's "islow" method (jidctint.c), the one Pillow uses: integers with 13 fractional bits, two
 * of which are kept between the passes over columns and rows. Owned by one reading.
 *
 * <p>Blocks are transformed {@link #LANES} at a time: coefficient {@code n} (natural order) of the
 * block in lane {@code l} stands at {@code n * LANES + l}. All lanes take the same steps, so the
 * loops below run over neighbouring ints, which the JVM's compiler turns into vector instructions.
 * It does so only for small loops, hence their number; two rows in one loop can be too many, and
 * sums of sums rather than one after the other can be, too.
 */
final class JpegIdct {
  static final int LANES = 32;

  /** Where the coefficient of a zigzag index stands; runs that leave the block end up in 63. */
  static final int[] PLACE = new int[64 + 16];

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int ROW = 8 * LANES;
  private static final int SCALE = 13;
  private static final int KEPT = 2;

  // libjpeg's constants, and their sums: on integers the factors may be gathered without a change.
  private static final int C0_298 = 2446;
  private static final int C0_390 = 3196;
  private static final int C0_541 = 4433;
  private static final int C0_765 = 6270;
  private static final int C0_899 = 7373;
  private static final int C1_175 = 9633;
  private static final int C1_501 = 12299;
  private static final int C1_847 = 15137;
  private static final int C1_961 = 16069;
  private static final int C2_053 = 16819;
  private static final int C2_562 = 20995;
  private static final int C3_072 = 25172;
  private static final int E2_2 = C0_541;
  private static final int E2_6 = C0_541 - C1_847;
  private static final int E3_2 = C0_541 + C0_765;
  private static final int E3_6 = C0_541;
  private static final int O0_1 = C1_501 + C1_175 - C0_899 - C0_390;
  private static final int O0_5 = C1_175 - C0_390;
  private static final int O0_7 = C1_175 - C0_899;
  private static final int O1_3 = C3_072 + C1_175 - C2_562 - C1_961;
  private static final int O1_5 = C1_175 - C2_562;
  private static final int O1_7 = C1_175 - C1_961;
  private static final int O2_5 = C2_053 + C1_175 - C2_562 - C0_390;
  private static final int O3_7 = C0_298 + C1_175 - C0_899 - C1_961;

  static {
    for (int k = 0; k < PLACE.length; k++) {
      PLACE[k] = JpegZigzag.NATURAL[k] * LANES;
    }
  }

  private final int blocksWide;
  private final int blocksHigh;
  private final int stride;
  private final byte[] samples;
  private final int[] coefficients = new int[64 * LANES];
  private final int[] work = new int[64 * LANES];
  private final int[] targets = new int[LANES];
  private int lane;

  /** Room for that many blocks, grey until blocks are placed. */
  JpegIdct(int blocksWide, int blocksHigh) {
    this.blocksWide = blocksWide;
    this.blocksHigh = blocksHigh;
    this.stride = 8 * blocksWide;
    this.samples = new byte[stride * 8 * blocksHigh];
    Arrays.fill(samples, (byte) 128);
  }

  byte[] samples() {
    return samples;
  }

  int stride() {
    return stride;
  }

  /** Where the next block's coefficients are to be put; zeros until then. */
  int[] coefficients() {
    return coefficients;
  }

  /** The next block's lane. */
  int lane() {
    return lane;
  }

  /** Puts a whole block in natural order there, times the steps in zigzag order. */
  void load(short[] block, int at, int[] quantisation) {
    for (int k = 0; k < 64; k++) {
      coefficients[PLACE[k] + lane] = block[at + JpegZigzag.NATURAL[k]] * quantisation[k];
    }
  }

  /**
   * Says where the block in the lane belongs, and takes the next lane. Blocks outside are dropped.
   */
  void place(int blockX, int blockY) {
    boolean inside = blockX < blocksWide && blockY < blocksHigh;
    targets[lane++] = inside ? blockY * 8 * stride + blockX * 8 : -1;
    if (lane == LANES) {
      flush();
    }
  }

  /** Transforms the blocks placed so far. */
  void flush() {
    if (lane == 0) {
      return;
    }
    pass(SCALE - KEPT);
    transpose();
    pass(SCALE + KEPT + 3);
    clamp(work);
    pack(work);
    for (int l = 0; l < lane; l++) {
      if (targets[l] >= 0) {
        store(l, targets[l]);
      }
    }
    Arrays.fill(coefficients, 0);
    lane = 0;
  }

  /** One-dimensional transforms down the columns, from the coefficients to the work array. */
  private void pass(int shift) {
    int rounding = 1 << (shift - 1);
    outerEven(coefficients, work, rounding);
    innerEven(coefficients, work, rounding);
    odd0(coefficients, work);
    odd1(coefficients, work);
    odd2(coefficients, work);
    odd3(coefficients, work);
    join(work, shift);
  }

  private static void outerEven(int[] in, int[] out, int rounding) {
    for (int i = 0; i < ROW; i++) {
      int sum = (in[i] << SCALE) + rounding + (in[i + 4 * ROW] << SCALE);
      int turned = in[i + 2 * ROW] * E3_2 + in[i + 6 * ROW] * E3_6;
      out[i] = sum + turned;
      out[i + 3 * ROW] = sum - turned;
    }
  }

  private static void innerEven(int[] in, int[] out, int rounding) {
    for (int i = 0; i < ROW; i++) {
      int difference = (in[i] << SCALE) + rounding - (in[i + 4 * ROW] << SCALE);
      int turned = in[i + 2 * ROW] * E2_2 + in[i + 6 * ROW] * E2_6;
      out[i + ROW] = difference + turned;
      out[i + 2 * ROW] = difference - turned;
    }
  }

  private static void odd0(int[] in, int[] out) {
    for (int i = 0; i < ROW; i++) {
      int sum = in[i + ROW] * O0_1;
      sum += in[i + 3 * ROW] * C1_175;
      sum += in[i + 5 * ROW] * O0_5;
      out[i + 7 * ROW] = sum + in[i + 7 * ROW] * O0_7;
    }
  }

  private static void odd1(int[] in, int[] out) {
    for (int i = 0; i < ROW; i++) {
      int sum = in[i + ROW] * C1_175;
      sum += in[i + 3 * ROW] * O1_3;
      sum += in[i + 5 * ROW] * O1_5;
      out[i + 6 * ROW] = sum + in[i + 7 * ROW] * O1_7;
    }
  }

  private static void odd2(int[] in, int[] out) {
    for (int i = 0; i < ROW; i++) {
      int sum = in[i + ROW] * O0_5;
      sum += in[i + 3 * ROW] * O1_5;
      sum += in[i + 5 * ROW] * O2_5;
      out[i + 5 * ROW] = sum + in[i + 7 * ROW] * C1_175;
    }
  }

  private static void odd3(int[] in, int[] out) {
    for (int i = 0; i < ROW; i++) {
      int sum = in[i + ROW] * O0_7;
      sum += in[i + 3 * ROW] * O1_7;
      sum += in[i + 5 * ROW] * C1_175;
      out[i + 4 * ROW] = sum + in[i + 7 * ROW] * O3_7;
    }
  }

  /** From even parts in rows 0 to 3 and odd parts in rows 7 to 4 to the eight results. */
  private static void join(int[] work, int shift) {
    for (int i = 0; i < ROW; i++) {
      int e0 = work[i];
      int e1 = work[i + ROW];
      int e2 = work[i + 2 * ROW];
      int e3 = work[i + 3 * ROW];
      int o3 = work[i + 4 * ROW];
      int o2 = work[i + 5 * ROW];
      int o1 = work[i + 6 * ROW];
      int o0 = work[i + 7 * ROW];
      work[i] = (e0 + o0) >> shift;
      work[i + ROW] = (e1 + o1) >> shift;
      work[i + 2 * ROW] = (e2 + o2) >> shift;
      work[i + 3 * ROW] = (e3 + o3) >> shift;
      work[i + 4 * ROW] = (e3 - o3) >> shift;
      work[i + 5 * ROW] = (e2 - o2) >> shift;
      work[i + 6 * ROW] = (e1 - o1) >> shift;
      work[i + 7 * ROW] = (e0 - o0) >> shift;
    }
  }

  private void transpose() {
    for (int y = 0; y < 8; y++) {
      for (int x = 0; x < 8; x++) {
        System.arraycopy(work, (y * 8 + x) * LANES, coefficients, (x * 8 + y) * LANES, LANES);
      }
    }
  }

  /** Moves zero to 128 and limits the results to 0..255, without branches. */
  private static void clamp(int[] work) {
    for (int i = 0; i < work.length; i++) {
      int sample = work[i] + 128;
      int below = 255 - (sample & ~(sample >> 31));
      work[i] = 255 - (below & ~(below >> 31));
    }
  }

  /** Gathers the eight samples of a row, which lie {@link #ROW} apart, in two ints. */
  private static void pack(int[] work) {
    for (int i = 0; i < ROW; i++) {
      work[i] |= work[i + ROW] << 8 | work[i + 2 * ROW] << 16 | work[i + 3 * ROW] << 24;
      work[i + ROW] =
          work[i + 4 * ROW]
              | work[i + 5 * ROW] << 8
              | work[i + 6 * ROW] << 16
              | work[i + 7 * ROW] << 24;
    }
  }

  private void store(int from, int to) {
    for (int y = 0; y < 8; y++) {
      INT.set(samples, to + y * stride, work[y * LANES + from]);
      INT.set(samples, to + y * stride + 4, work[ROW + y * LANES + from]);
    }
  }
}
