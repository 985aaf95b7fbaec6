package dev.sconce.network;

import dev.sconce.weights.Shape;
import java.util.Map;

/**
 * fast.ai's {@code SelfAttention} ({@code fastai/layers.py}, after Zhang et al., arXiv 1805.08318):
 * every position gathers from all others, weighted by how well its key answers their queries.
 *
 * <p>Its three 1 x 1 convolutions are normalised by their largest singular value, as {@code
 * torch.nn.utils.spectral_norm} keeps it at inference.
 *
 * @param name of its keys, such as {@code layers.5.conv2.2}
 * @param channels in and out
 */
record SelfAttention(String name, long channels) {
  private static final String ORIGINAL = ".0.weight_orig";

  /** fast.ai's own choice. */
  private static final int REDUCTION = 8;

  /** Adds its keys. */
  void expect(Map<String, Shape> expected) {
    expected.put(name + ".gamma", Shape.of(1));
    expect(expected, ".query", channels / REDUCTION);
    expect(expected, ".key", channels / REDUCTION);
    expect(expected, ".value", channels);
  }

  private void expect(Map<String, Shape> expected, String part, long out) {
    expected.put(name + part + ORIGINAL, Shape.of(out, channels, 1));
    expected.put(name + part + ".0.weight_u", Shape.of(out));
    expected.put(name + part + ".0.weight_v", Shape.of(channels));
  }

  /**
   * Writes its operators; in float32, for the softmax's sake.
   *
   * @param x names a tensor [N, channels, H, W]
   * @return names one of the same shape and type
   */
  String write(ScriptBuilder script, LayerWeights weights, String x, Precision precision) {
    String flat = script.let("torch.flatten(" + script.toFloat32(x, precision) + ", 2)");
    String queries = script.product(weight(weights, ".query", 1), flat);
    String keys = script.product(weight(weights, ".key", 1), flat);
    double gamma = weights.floats(name + ".gamma")[0];
    String values = script.product(weight(weights, ".value", gamma), flat);
    String scores = script.let("torch.bmm(torch.transpose(" + queries + ", 1, 2), " + keys + ")");
    String shares = script.let("torch.softmax(" + scores + ", 1)");
    String gathered = script.let("torch.bmm(" + values + ", " + shares + ")");
    String y = script.let("torch.reshape(" + gathered + ", torch.size(" + x + "))");
    return script.let("torch.add(%s, %s)".formatted(x, script.fromFloat32(y, precision)));
  }

  /** {@code factor * W / sigma} with {@code sigma = u' W v}, float32 [out, channels]. */
  private Constant weight(LayerWeights weights, String part, double factor) {
    float[] u = weights.floats(name + part + ".0.weight_u");
    return Constant.rowMajor(
        Constant.Type.FLOAT32, () -> normalised(weights, part, u, factor), u.length, channels);
  }

  private float[] normalised(LayerWeights weights, String part, float[] u, double factor) {
    float[] matrix = weights.floats(name + part + ORIGINAL);
    float[] v = weights.floats(name + part + ".0.weight_v");
    double sigma = 0;
    for (int i = 0; i < matrix.length; i++) {
      sigma += (double) u[i / v.length] * matrix[i] * v[i % v.length];
    }
    if (sigma == 0) {
      throw weights.refused(name + part + ORIGINAL, "u' W v = 0", "not 0");
    }
    for (int i = 0; i < matrix.length; i++) {
      matrix[i] = (float) (matrix[i] * factor / sigma);
    }
    return matrix;
  }
}
