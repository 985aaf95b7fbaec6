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
}
