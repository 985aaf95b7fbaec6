package dev.sconce.network;

/**
 * {@code y = A x + b}, in double: what a Linear and the BatchNorm layers beside it come to.
 *
 * <p>A diagonal matrix is held as such until it meets a full one.
 */
final class Affine {
  private final int in;
  private final int out;
  private final boolean diagonal;

  /** Row by row, [out, in]; or the diagonal alone. */
  private final double[] matrix;

  private final double[] shift;

  private Affine(int in, boolean diagonal, double[] matrix, double[] shift) {
    this.in = in;
    this.out = shift.length;
    this.diagonal = diagonal;
    this.matrix = matrix;
    this.shift = shift;
  }

  /** A Linear layer; {@code matrix} is [out, in]. */
  static Affine linear(float[] matrix, float[] bias) {
    return new Affine(matrix.length / bias.length, false, toDoubles(matrix), toDoubles(bias));
  }

  /** Each element times a factor of its own, plus a summand of its own. */
  static Affine diagonal(double[] factors, double[] summands) {
    return new Affine(factors.length, true, factors, summands);
  }

  /** The diagonal of A, which must be diagonal; not to be written to. */
  double[] factors() {
    if (!diagonal) {
      throw new IllegalStateException("not diagonal");
    }
    return matrix;
  }

  /** b, not to be written to. */
  double[] summands() {
    return shift;
  }

  /** Whether A is diagonal. */
  boolean isDiagonal() {
    return diagonal;
  }

  /**
   * This one, then {@code next}. One of them must be diagonal: the product of two full matrices can
   * be far larger than both.
   */
  Affine then(Affine next) {
    double[] product = next.diagonal ? scaleRows(next.matrix) : scaleColumns(next.matrix);
    return new Affine(in, diagonal && next.diagonal, product, next.apply(shift));
  }

  private double[] apply(double[] x) {
    double[] y = shift.clone();
    for (int row = 0; row < out; row++) {
      if (diagonal) {
        y[row] += matrix[row] * x[row];
        continue;
      }
      for (int column = 0; column < in; column++) {
        y[row] += matrix[row * in + column] * x[column];
      }
    }
    return y;
  }

  private double[] scaleRows(double[] scale) {
    int each = diagonal ? 1 : in;
    double[] scaled = new double[matrix.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = matrix[i] * scale[i / each];
    }
    return scaled;
  }

  private double[] scaleColumns(double[] full) {
    double[] factors = factors();
    double[] scaled = new double[full.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = full[i] * factors[i % in];
    }
    return scaled;
  }

  /** A, float32 [out, in]; a diagonal one as its diagonal, float32 [out]. */
  Constant weight() {
    long[] shape = diagonal ? new long[] {out} : new long[] {out, in};
    return Constant.rowMajor(Constant.Type.FLOAT32, () -> toFloats(matrix), shape);
  }

  /** b, float32 [out]. */
  Constant bias() {
    return Constant.rowMajor(Constant.Type.FLOAT32, () -> toFloats(shift), out);
  }

  /** The diagonal of A, which must be diagonal, for channels of pictures: [out, 1, 1]. */
  Constant channelFactors(Constant.Type type) {
    double[] factors = factors();
    return Constant.rowMajor(type, () -> toFloats(factors), out, 1, 1);
  }

  /** b, for channels of pictures: [out, 1, 1]. */
  Constant channelSummands(Constant.Type type) {
    return Constant.rowMajor(type, () -> toFloats(shift), out, 1, 1);
  }

  static float[] toFloats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static double[] toDoubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
