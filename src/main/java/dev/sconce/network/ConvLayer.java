package dev.sconce.network;

import dev.sconce.weights.Shape;
import java.util.Map;

/**
 * fast.ai's {@code ConvLayer}: a convolution of stride 1 that keeps the size, and what normalises
 * it ({@code fastai/layers.py}). Its ReLU has no keys; the layer around it knows of it.
 *
 * @param name of its keys, such as {@code layers.3.0}
 * @param in channels
 * @param out channels
 * @param kernel odd
 * @param norm how it is normalised
 */
record ConvLayer(String name, long in, long out, int kernel, Norm norm) {

  /** fast.ai's {@code norm_type}, and where it leaves its numbers. */
  enum Norm {
    /** A plain weight and a bias. */
    NONE,
    /** A plain weight without bias, and a BatchNorm before the ReLU. */
    BATCH,
    /** A weight as length and direction, in the keys of {@code torch.nn.utils.weight_norm}. */
    WEIGHT,
    /** The same in the keys of {@code torch.nn.utils.parametrizations.weight_norm}. */
    PARAMETRIZED_WEIGHT;

    /** That of the layer of that name. */
    static Norm of(LayerWeights weights, String layer) {
      if (weights.contains(layer + ".0.weight_v")) {
        return WEIGHT;
      }
      if (weights.contains(layer + ".0.parametrizations.weight.original1")) {
        return PARAMETRIZED_WEIGHT;
      }
      return weights.contains(layer + ".1.running_mean") ? BATCH : NONE;
    }

    /** What the key of a convolution's weight, or of its direction, ends with. */
    String weight() {
      return switch (this) {
        case NONE, BATCH -> ".0.weight";
        case WEIGHT -> ".0.weight_v";
        case PARAMETRIZED_WEIGHT -> ".0.parametrizations.weight.original1";
      };
    }

    private String length() {
      return this == WEIGHT ? ".0.weight_g" : ".0.parametrizations.weight.original0";
    }

    private boolean isWeight() {
      return this == WEIGHT || this == PARAMETRIZED_WEIGHT;
    }

    /** Where a layer of its own stands that follows convolution, normalisation and ReLU. */
    int following() {
      return this == BATCH ? 3 : 2;
    }
  }

  private Shape shape() {
    return Shape.of(out, in, kernel, kernel);
  }

  /** Adds its keys. */
  void expect(Map<String, Shape> expected) {
    if (norm != Norm.BATCH) {
      expected.put(name + ".0.bias", Shape.of(out));
    }
    if (norm.isWeight()) {
      expected.put(name + norm.length(), Shape.of(out, 1, 1, 1));
    }
    expected.put(name + norm.weight(), shape());
    if (norm == Norm.BATCH) {
      BatchNorm.expect(expected, name + ".1", out);
    }
  }

  /** One convolution that does it all. */
  Convolution fold(LayerWeights weights, Precision precision) {
    int padding = kernel / 2;
    if (norm == Norm.BATCH) {
      return new Layers(weights, precision)
          .normedConvolution(name + ".0", name + ".1", new Layers.Window(1, padding, 1));
    }
    return Convolution.of(
        shape(),
        () -> norm.isWeight() ? lengthened(weights) : weights.floats(name + norm.weight()),
        () -> weights.floats(name + ".0.bias"),
        precision.type(),
        1,
        padding,
        1);
  }

  /**
   * {@code g * v / |v|}, with a length for each output channel ({@code torch.nn.utils.weight_norm}
   * with {@code dim=0}).
   */
  private float[] lengthened(LayerWeights weights) {
    float[] values = weights.floats(name + norm.weight());
    float[] lengths = weights.floats(name + norm.length());
    int each = values.length / lengths.length;
    for (int channel = 0; channel < lengths.length; channel++) {
      double squares = 0;
      for (int i = channel * each; i < (channel + 1) * each; i++) {
        squares += (double) values[i] * values[i];
      }
      if (squares == 0) {
        throw weights.refused(name + norm.weight(), "only zeros for output " + channel, "a length");
      }
      double factor = lengths[channel] / Math.sqrt(squares);
      for (int i = channel * each; i < (channel + 1) * each; i++) {
        values[i] = (float) (values[i] * factor);
      }
    }
    return values;
  }
}
