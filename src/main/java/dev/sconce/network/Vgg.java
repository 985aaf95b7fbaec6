package dev.sconce.network;

import dev.sconce.weights.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * torchvision's VGG: 3 x 3 convolutions, each with ReLU, in stages that halve the picture; means of
 * 7 x 7 regions; three Linears ({@code torchvision/models/vgg.py}).
 *
 * <p>Everything stands in one numbered Sequential, so the numbers that are left out tell where a
 * pooling stands: convolution, BatchNorm if there is one, and ReLU take a number each, and so does
 * a pooling. Behind the last convolution, where no number can tell, torchvision always pools.
 */
final class Vgg implements Architecture {
  private static final int KERNEL = 3;
  private static final int CELLS = 7;
  private static final String LAST = "classifier.6";

  private static final Map<String, String> NAMES =
      Map.of(
          "64 M 128 M 256 256 M 512 512 M 512 512 M", "VGG-11",
          "64 64 M 128 128 M 256 256 M 512 512 M 512 512 M", "VGG-13",
          "64 64 M 128 128 M 256 256 256 M 512 512 512 M 512 512 512 M", "VGG-16",
          "64 64 M 128 128 M 256 256 256 256 M 512 512 512 512 M 512 512 512 512 M", "VGG-19");

  private final LayerWeights weights;
  private final boolean normed;
  private final List<Layer> layers = new ArrayList<>();

  /**
   * A convolution and what follows it.
   *
   * @param index its number in the Sequential
   */
  private record Layer(int index, long out, boolean pooled) {
    String name() {
      return "features." + index;
    }

    String norm() {
      return "features." + (index + 1);
    }
  }

  Vgg(LayerWeights weights) {
    this.weights = weights;
    this.normed = weights.contains("features.1.weight");
    int step = normed ? 3 : 2;
    int next;
    for (int index = 0; isConvolution(index); index = next) {
      boolean goesOn = isConvolution(index + step);
      next = goesOn ? index + step : index + step + 1;
      layers.add(new Layer(index, weights.size("features." + index + ".weight", 0), !goesOn));
    }
  }

  private boolean isConvolution(int index) {
    return weights.size("features." + index + ".weight", 3) > 0; // four dimensions
  }

  /** Numbered layers that begin with a 3 x 3 convolution, and a classifier. */
  static boolean recognises(LayerWeights weights) {
    return weights.size("features.0.weight", 2) == KERNEL
        && weights.size("features.0.weight", 3) == KERNEL
        && !SqueezeNet.recognises(weights)
        && weights.keys().stream().anyMatch(key -> key.startsWith("classifier."));
  }

  @Override
  public String make() {
    StringBuilder widths = new StringBuilder();
    for (Layer layer : layers) {
      widths.append(layer.out).append(layer.pooled ? " M " : " ");
    }
    String config = widths.toString().strip();
    return NAMES.getOrDefault(config, "VGG of " + config) + (normed ? " with BatchNorm" : "");
  }

  @Override
  public Map<String, Shape> expected() {
    Map<String, Shape> expected = new LinkedHashMap<>();
    long in = 3;
    for (Layer layer : layers) {
      Layers.expectConvolution(expected, layer.name(), layer.out, in, KERNEL, true);
      if (normed) {
        BatchNorm.expect(expected, layer.norm(), layer.out);
      }
      in = layer.out;
    }
    long hidden = weights.size("classifier.0.weight", 0);
    long last = weights.size("classifier.3.weight", 0);
    Layers.expectLinear(expected, "classifier.0", hidden, in * CELLS * CELLS);
    Layers.expectLinear(expected, "classifier.3", last, hidden);
    Layers.expectLinear(expected, LAST, weights.size(LAST + ".weight", 0), last);
    return expected;
  }

  @Override
  public String lastLayer() {
    return LAST;
  }

  @Override
  public String write(ScriptBuilder script, Layers constants, String pictures) {
    Layers.Window window = Layers.Window.same(KERNEL);
    String x = pictures;
    for (Layer layer : layers) {
      Convolution convolution =
          normed
              ? constants.normedConvolution(layer.name(), layer.norm(), window)
              : constants.convolution(layer.name(), window);
      x = script.convolutionRelu(x, convolution);
      x = layer.pooled ? script.maxPool(x, 2, 2, 0) : x;
    }
    x = constants.linearRelu(script, script.flatMeans(x, CELLS), "classifier.0");
    x = constants.linearRelu(script, x, "classifier.3");
    return constants.logits(script, x, LAST);
  }
}
