package dev.sconce.image;

/** VP8's inverse transforms (RFC 6386, section 14), rounded as in libwebp's dec.c. */
final class Vp8Transform {
  /** The square root of 2 times the cosine of pi / 8, less 1, with 16 fractional bits. */
  private static final int COSINE = 20091;

  /** The square root of 2 times the sine of pi / 8, with 16 fractional bits. */
  private static final int SINE = 35468;

  private Vp8Transform() {}

  /** Writes the DCs of 16 luma blocks, whose coefficients are {@code in}. */
  static void secondOrder(short[] in, short[] out) {
    int[] work = new int[16];
    for (int i = 0; i < 4; i++) {
      int a = in[i] + in[12 + i];
      int b = in[4 + i] + in[8 + i];
      int c = in[4 + i] - in[8 + i];
      int d = in[i] - in[12 + i];
      work[i] = a + b;
      work[4 + i] = d + c;
      work[8 + i] = a - b;
      work[12 + i] = d - c;
    }
    for (int i = 0; i < 16; i += 4) {
      int a = work[i] + 3 + work[i + 3];
      int b = work[i + 1] + work[i + 2];
      int c = work[i + 1] - work[i + 2];
      int d = work[i] + 3 - work[i + 3];
      out[16 * i] = (short) ((a + b) >> 3);
      out[16 * i + 16] = (short) ((d + c) >> 3);
      out[16 * i + 32] = (short) ((a - b) >> 3);
      out[16 * i + 48] = (short) ((d - c) >> 3);
    }
  }

  /** Adds the block whose coefficients begin at {@code from} to 4x4 samples. */
  static void add(short[] in, int from, byte[] samples, int at, int stride) {
    int[] work = new int[16];
    boolean any = false;
    for (int i = 0; i < 4; i++) {
      int x0 = in[from + i];
      int x1 = in[from + 4 + i];
      int x2 = in[from + 8 + i];
      int x3 = in[from + 12 + i];
      any |= (x0 | x1 | x2 | x3) != 0;
      int c = sine(x1) - cosine(x3);
      int d = cosine(x1) + sine(x3);
      work[4 * i] = (short) (x0 + x2 + d);
      work[4 * i + 1] = (short) (x0 - x2 + c);
      work[4 * i + 2] = (short) (x0 - x2 - c);
      work[4 * i + 3] = (short) (x0 + x2 - d);
    }
    for (int y = 0; any && y < 4; y++) {
      int sum = work[y] + 4 + work[8 + y];
      int difference = work[y] + 4 - work[8 + y];
      int c = sine(work[4 + y]) - cosine(work[12 + y]);
      int d = cosine(work[4 + y]) + sine(work[12 + y]);
      int row = at + y * stride;
      add(samples, row, (short) (sum + d) >> 3);
      add(samples, row + 1, (short) (difference + c) >> 3);
      add(samples, row + 2, (short) (difference - c) >> 3);
      add(samples, row + 3, (short) (sum - d) >> 3);
    }
  }

  private static int cosine(int x) {
    return ((x * COSINE) >> 16) + x;
  }

  private static int sine(int x) {
    return (x * SINE) >> 16;
  }

  private static void add(byte[] samples, int at, int residual) {
    int sample = (samples[at] & 0xFF) + residual;
    samples[at] = (byte) ((sample & ~0xFF) == 0 ? sample : ~sample >> 31);
  }
}
