package dev.sconce.network;

import dev.sconce.weights.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * torchvision's AlexNet: five convolutions, each with ReLU, means of 6 x 6 regions, three Linears.
 * Strides, padding and poolings leave no key; they are those of {@code
 * torchvision/models/alexnet.py}.
 */
final class AlexNet implements Architecture {
  private static final int FIRST_KERNEL = 11;
  private static final int CELLS = 6;
  private static final String LAST = "classifier.6";

  private static final List<Layer> LAYERS =
      List.of(
          new Layer("features.0", FIRST_KERNEL, new Layers.Window(4, 2, 1), true),
          new Layer("features.3", 5, Layers.Window.same(5), true),
          new Layer("features.6", 3, Layers.Window.same(3), false),
          new Layer("features.8", 3, Layers.Window.same(3), false),
          new Layer("features.10", 3, Layers.Window.same(3), true));

  private final LayerWeights weights;

  /** A convolution and whether a pooling follows. */
  private record Layer(String name, int kernel, Layers.Window window, boolean pooled) {}

  AlexNet(LayerWeights weights) {
    this.weights = weights;
  }

  /** Numbered layers that begin with an 11 x 11 convolution. */
  static boolean recognises(LayerWeights weights) {
    return weights.size("features.0.weight", 2) == FIRST_KERNEL;
  }

  @Override
  public String make() {
    List<Long> widths = LAYERS.stream().map(layer -> channels(layer.name)).toList();
    return widths.equals(List.of(64L, 192L, 384L, 256L, 256L))
        ? "AlexNet"
        : "AlexNet of " + String.join("-", widths.stream().map(String::valueOf).toList());
  }

  private long channels(String layer) {
    return weights.size(layer + ".weight", 0);
  }

  @Override
  public Map<String, Shape> expected() {
    Map<String, Shape> expected = new LinkedHashMap<>();
    long in = 3;
    for (Layer layer : LAYERS) {
      long out = channels(layer.name);
      Layers.expectConvolution(expected, layer.name, out, in, layer.kernel, true);
      in = out;
    }
    long hidden = channels("classifier.1");
    Layers.expectLinear(expected, "classifier.1", hidden, in * CELLS * CELLS);
    Layers.expectLinear(expected, "classifier.4", channels("classifier.4"), hidden);
    Layers.expectLinear(expected, LAST, channels(LAST), channels("classifier.4"));
    return expected;
  }

  @Override
  public String lastLayer() {
    return LAST;
  }

  @Override
  public String write(ScriptBuilder script, Layers constants, String pictures) {
    String x = pictures;
    for (Layer layer : LAYERS) {
      x = script.convolutionRelu(x, constants.convolution(layer.name, layer.window));
      x = layer.pooled ? script.maxPool(x, 3, 2, 0) : x;
    }
    x = constants.linearRelu(script, script.flatMeans(x, CELLS), "classifier.1");
    x = constants.linearRelu(script, x, "classifier.4");
    return constants.logits(script, x, LAST);
  }
}
