package dev.sconce.network;

import dev.sconce.error.ServingException;
import dev.sconce.weights.Shape;
import java.util.Map;

/**
 * A batch normalisation at inference: {@code y = scale * x + shift} for each channel, with {@code
 * scale = weight / sqrt(running_var + eps)} and {@code shift = bias - running_mean * scale}.
 *
 * <p>Computed in double, so that folding it into a neighbour costs one rounding.
 */
final class BatchNorm {
  /** PyTorch's default; it leaves no trace in a state dict. */
  static final double EPS = 1e-5;

  private BatchNorm() {}

  /**
   * The normalisation whose keys begin with {@code prefix}.
   *
   * @throws ServingException {@code INVALID_MODEL} if a number is not finite or a variance is
   *     negative
   */
  static Affine of(LayerWeights weights, String prefix) {
    float[] weight = weights.floats(prefix + ".weight");
    float[] bias = weights.floats(prefix + ".bias");
    float[] mean = weights.floats(prefix + ".running_mean");
    float[] variance = weights.floats(prefix + ".running_var");
    double[] scale = new double[weight.length];
    double[] shift = new double[weight.length];
    for (int i = 0; i < scale.length; i++) {
      if (variance[i] < 0) {
        throw weights.refused(prefix + ".running_var", variance[i] + " as element " + i, ">= 0");
      }
      scale[i] = weight[i] / Math.sqrt(variance[i] + EPS);
      shift[i] = bias[i] - mean[i] * scale[i];
    }
    return Affine.diagonal(scale, shift);
  }

  /** Adds the keys that a normalisation of {@code channels} channels has. */
  static void expect(Map<String, Shape> expected, String prefix, long channels) {
    for (String name : new String[] {"weight", "bias", "running_mean", "running_var"}) {
      expected.put(prefix + "." + name, Shape.of(channels));
    }
    expected.put(prefix + ".num_batches_tracked", Shape.of());
  }
}
