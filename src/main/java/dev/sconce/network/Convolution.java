package dev.sconce.network;

import dev.sconce.weights.Shape;
import java.util.function.Supplier;

/**
 * A two-dimensional convolution with square kernel, stride and padding.
 *
 * @param weight [out, in / groups, kernel, kernel]
 * @param bias [out]
 * @param stride of the window
 * @param padding zeros on each side
 * @param groups into how many parts the channels are split
 */
record Convolution(Constant weight, Constant bias, int stride, int padding, int groups) {

  /**
   * A convolution without bias, with the BatchNorm that follows it folded in.
   *
   * @param name of the convolution's keys, without {@code .weight}
   * @param norm of the BatchNorm's keys
   */
  static Convolution normalised(
      LayerWeights weights,
      String name,
      String norm,
      Constant.Type type,
      int stride,
      int padding,
      int groups) {
    Shape shape = weights.shape(name + ".weight");
    Supplier<float[]> folded = () -> fold(weights, name, norm);
    Supplier<float[]> bias = () -> Affine.toFloats(BatchNorm.of(weights, norm).summands());
    return of(shape, folded, bias, type, stride, padding, groups);
  }

  /**
   * A convolution whose numbers are computed when they are needed.
   *
   * @param shape [out, in / groups, kernel, kernel]
   * @param weight in row-major order
   */
  static Convolution of(
      Shape shape,
      Supplier<float[]> weight,
      Supplier<float[]> bias,
      Constant.Type type,
      int stride,
      int padding,
      int groups) {
    long[] sizes = shape.sizes().stream().mapToLong(Long::longValue).toArray();
    return new Convolution(
        Constant.channelsLast(type, weight, sizes),
        Constant.rowMajor(type, bias, sizes[0]),
        stride,
        padding,
        groups);
  }

  private static float[] fold(LayerWeights weights, String name, String norm) {
    float[] values = weights.floats(name + ".weight");
    double[] scale = BatchNorm.of(weights, norm).factors();
    int each = values.length / scale.length;
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] * scale[i / each]);
    }
    return values;
  }
}
