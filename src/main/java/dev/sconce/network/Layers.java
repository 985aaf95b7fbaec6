package dev.sconce.network;

import dev.sconce.weights.Shape;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The layers of a network as constants of a written module, with the normalisation that follows a
 * convolution folded into it.
 *
 * @param weights the network's state dict
 * @param precision the number format of the constants
 */
record Layers(LayerWeights weights, Precision precision) {

  /** How a convolution moves over its picture: square, the same in both directions. */
  record Window(int stride, int padding, int groups) {
    /** Steps of one, zeros around so that the picture keeps its size. */
    static Window same(int kernel) {
      return new Window(1, kernel / 2, 1);
    }
  }

  /** A convolution, with a bias or without. */
  Convolution convolution(String name, Window window) {
    return convolution(name, () -> weights.floats(name + ".weight"), () -> bias(name), window);
  }

  /** A convolution, with a bias or without, and the normalisation that follows it. */
  Convolution normedConvolution(String name, String norm, Window window) {
    return convolution(name, () -> foldedWeight(name, norm), () -> foldedBias(name, norm), window);
  }

  private Convolution convolution(
      String name, Supplier<float[]> weight, Supplier<float[]> bias, Window window) {
    Shape shape = weights.shape(name + ".weight");
    return Convolution.of(
        shape, weight, bias, precision.type(), window.stride, window.padding, window.groups);
  }

  private Constant vector(String name, Supplier<float[]> values) {
    return Constant.rowMajor(precision.type(), values, weights.size(name + ".weight", 0));
  }

  private float[] foldedWeight(String name, String norm) {
    float[] values = weights.floats(name + ".weight");
    double[] scale = BatchNorm.of(weights, norm).factors();
    int each = values.length / scale.length;
    for (int channel = 0; channel < scale.length; channel++) {
      for (int i = channel * each; i < (channel + 1) * each; i++) {
        values[i] = (float) (values[i] * scale[channel]);
      }
    }
    return values;
  }

  private float[] foldedBias(String name, String norm) {
    Affine after = BatchNorm.of(weights, norm);
    double[] bias = after.summands().clone();
    float[] before = bias(name);
    for (int i = 0; i < bias.length; i++) {
      bias[i] += before[i] * after.factors()[i];
    }
    return Affine.toFloats(bias);
  }

  /** Zeros if there is none. */
  private float[] bias(String name) {
    return weights.contains(name + ".bias")
        ? weights.floats(name + ".bias")
        : new float[(int) weights.size(name + ".weight", 0)];
  }

  /** Adds the keys of a convolution with a square kernel. */
  static void expectConvolution(
      Map<String, Shape> expected, String name, long out, long in, long kernel, boolean bias) {
    expected.put(name + ".weight", Shape.of(out, in, kernel, kernel));
    if (bias) {
      expected.put(name + ".bias", Shape.of(out));
    }
  }

  /** Adds the keys of a fully connected layer. */
  static void expectLinear(Map<String, Shape> expected, String name, long out, long in) {
    expected.put(name + ".weight", Shape.of(out, in));
    expected.put(name + ".bias", Shape.of(out));
  }

  /**
   * Writes a fully connected layer.
   *
   * @param x names a tensor [N, in] of this precision
   * @return names a tensor [N, out] of this precision
   */
  String linear(ScriptBuilder script, String x, String name) {
    long out = weights.size(name + ".weight", 0);
    long in = weights.size(name + ".weight", 1);
    Constant weight =
        Constant.view(precision.type(), () -> weights.view(name + ".weight"), out, in);
    return script.linear(x, weight, vector(name, () -> weights.floats(name + ".bias")));
  }

  /** Writes a fully connected layer as {@link #linear} does, then ReLU. */
  String linearRelu(ScriptBuilder script, String x, String name) {
    return script.let("torch.relu_(" + linear(script, x, name) + ")");
  }

  /**
   * Writes the last layer, always in 32 bits.
   *
   * @param x names a tensor [N, in] of this precision
   * @return names the logits, float32 [N, classes]
   */
  String logits(ScriptBuilder script, String x, String name) {
    return new Layers(weights, Precision.FP32).linear(script, script.toFloat32(x, precision), name);
  }

  /**
   * Writes a normalisation that no convolution precedes, then ReLU.
   *
   * @param x names a tensor [N, channels, h, w] of this precision
   */
  String normRelu(ScriptBuilder script, String x, String norm) {
    long channels = weights.size(norm + ".weight", 0);
    Supplier<float[]> factors = () -> Affine.toFloats(BatchNorm.of(weights, norm).factors());
    Supplier<float[]> summands = () -> Affine.toFloats(BatchNorm.of(weights, norm).summands());
    String scaled =
        script.scale(
            x,
            Constant.rowMajor(precision.type(), factors, 1, channels, 1, 1),
            Constant.rowMajor(precision.type(), summands, 1, channels, 1, 1));
    return script.let("torch.relu_(" + scaled + ")");
  }
}
