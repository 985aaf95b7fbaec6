package dev.sconce.network;

import dev.sconce.weights.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * torchvision's DenseNet: a stem, blocks of layers that each add a few channels to all that came
 * before, transitions that halve the picture, the mean, one Linear ({@code
 * torchvision/models/densenet.py}; Huang et al., arXiv 1608.06993).
 *
 * <p>Number of blocks, their layers and all widths are read off keys and shapes. Layers may be
 * named {@code norm1} or, as in the checkpoints that torchvision still hands out, {@code norm.1}.
 *
 * <p>A normalisation that follows a convolution is folded into it; one that precedes a ReLU stays a
 * factor and a summand. A transition averages before its convolution rather than after: both are
 * linear, and a quarter of the work is left.
 */
final class DenseNet implements Architecture {
  private static final String STEM = "features.conv0";
  private static final String STEM_NORM = "features.norm0";
  private static final String LAST_NORM = "features.norm5";
  private static final String LINEAR = "classifier";

  private static final Map<String, String> NAMES =
      Map.of(
          "6-12-24-16 layers, growth 32", "DenseNet-121",
          "6-12-36-24 layers, growth 48", "DenseNet-161",
          "6-12-32-32 layers, growth 32", "DenseNet-169",
          "6-12-48-32 layers, growth 32", "DenseNet-201");

  private final LayerWeights weights;

  /** Stands between a part's name and its number. */
  private final String dot;

  /** How many layers each block has. */
  private final List<Integer> blocks = new ArrayList<>();

  DenseNet(LayerWeights weights) {
    this.weights = weights;
    boolean old = weights.contains("features.denseblock1.denselayer1.conv.1.weight");
    this.dot = old ? "." : "";
    int layers = layers(1);
    while (layers > 0) {
      blocks.add(layers);
      layers = layers(blocks.size() + 1);
    }
  }

  private int layers(int block) {
    int layers = 0;
    while (weights.contains(part(block, layers + 1, "conv", 1) + ".weight")) {
      layers++;
    }
    return layers;
  }

  private String part(int block, int layer, String kind, int number) {
    return "features.denseblock%d.denselayer%d.%s%s%d".formatted(block, layer, kind, dot, number);
  }

  /** A stem by its name, and a first layer. */
  static boolean recognises(LayerWeights weights) {
    return weights.contains(STEM + ".weight")
        && weights.keys().stream()
            .anyMatch(key -> key.startsWith("features.denseblock1.denselayer1."));
  }

  @Override
  public String make() {
    String layers = String.join("-", blocks.stream().map(String::valueOf).toList());
    String make = "%s layers, growth %d".formatted(layers, growth(1, 1));
    return NAMES.getOrDefault(make, "DenseNet of " + make);
  }

  private long growth(int block, int layer) {
    return channels(part(block, layer, "conv", 2));
  }

  private long channels(String layer) {
    return weights.size(layer + ".weight", 0);
  }

  @Override
  public Map<String, Shape> expected() {
    Map<String, Shape> expected = new LinkedHashMap<>();
    long in = channels(STEM);
    Layers.expectConvolution(expected, STEM, in, 3, 7, false);
    BatchNorm.expect(expected, STEM_NORM, in);
    for (int block = 1; block <= blocks.size(); block++) {
      in = expectBlock(expected, block, in);
      if (block < blocks.size()) {
        String transition = "features.transition" + block;
        BatchNorm.expect(expected, transition + ".norm", in);
        long out = channels(transition + ".conv");
        Layers.expectConvolution(expected, transition + ".conv", out, in, 1, false);
        in = out;
      }
    }
    BatchNorm.expect(expected, LAST_NORM, in);
    Layers.expectLinear(expected, LINEAR, channels(LINEAR), in);
    return expected;
  }

  /** Returns how many channels leave the block. */
  private long expectBlock(Map<String, Shape> expected, int block, long channels) {
    long in = channels;
    for (int layer = 1; layer <= blocks.get(block - 1); layer++) {
      String first = part(block, layer, "conv", 1);
      String second = part(block, layer, "conv", 2);
      BatchNorm.expect(expected, part(block, layer, "norm", 1), in);
      Layers.expectConvolution(expected, first, channels(first), in, 1, false);
      BatchNorm.expect(expected, part(block, layer, "norm", 2), channels(first));
      Layers.expectConvolution(expected, second, channels(second), channels(first), 3, false);
      in += channels(second);
    }
    return in;
  }

  @Override
  public String lastLayer() {
    return LINEAR;
  }

  @Override
  public String write(ScriptBuilder script, Layers constants, String pictures) {
    Layers.Window window = new Layers.Window(2, 3, 1);
    Convolution stem = constants.normedConvolution(STEM, STEM_NORM, window);
    String x = script.maxPool(script.convolutionRelu(pictures, stem), 3, 2, 1);
    for (int block = 1; block <= blocks.size(); block++) {
      for (int layer = 1; layer <= blocks.get(block - 1); layer++) {
        x = script.concatenate(x, added(script, constants, x, block, layer));
      }
      if (block < blocks.size()) {
        String transition = "features.transition" + block;
        x = script.averagePool(constants.normRelu(script, x, transition + ".norm"), 2);
        x =
            script.convolution(
                x, constants.convolution(transition + ".conv", Layers.Window.same(1)));
      }
    }
    x = constants.normRelu(script, x, LAST_NORM);
    return constants.logits(script, script.flatMean(x), LINEAR);
  }

  /** The channels that a layer adds. */
  private String added(ScriptBuilder script, Layers constants, String x, int block, int layer) {
    Convolution first =
        constants.normedConvolution(
            part(block, layer, "conv", 1), part(block, layer, "norm", 2), Layers.Window.same(1));
    Convolution second =
        constants.convolution(part(block, layer, "conv", 2), Layers.Window.same(3));
    String scaled = constants.normRelu(script, x, part(block, layer, "norm", 1));
    return script.convolution(script.convolutionRelu(scaled, first), second);
  }
}
