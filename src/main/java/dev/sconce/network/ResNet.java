package dev.sconce.network;

import dev.sconce.weights.Shape;
import java.util.Map;

/**
 * torchvision's ResNet, ResNeXt and Wide ResNet: an encoder, the mean of its features, one Linear
 * ({@code torchvision/models/resnet.py}). That its later stages halve the picture rather than
 * dilate their kernels ({@code replace_stride_with_dilation}) leaves no key; it is taken for
 * granted.
 */
final class ResNet implements Architecture {
  private static final String LINEAR = "fc";

  private static final Map<String, String> DEPTHS =
      Map.of(
          "basic 2 2 2 2", "18",
          "basic 3 4 6 3", "34",
          "bottleneck 3 4 6 3", "50",
          "bottleneck 3 4 23 3", "101",
          "bottleneck 3 8 36 3", "152");

  private final LayerWeights weights;
  private final ResNetEncoder encoder;

  ResNet(LayerWeights weights) {
    this.weights = weights;
    this.encoder = ResNetEncoder.ofModule(weights);
  }

  /** Without any {@code fc} it is an encoder, not a classifier. */
  static boolean recognises(LayerWeights weights) {
    return ResNetEncoder.isModule(weights)
        && weights.keys().stream().anyMatch(key -> key.startsWith(LINEAR + "."));
  }

  @Override
  public String make() {
    long width = weights.size("layer1.0.conv1.weight", 0);
    long groupWidth = weights.size("layer1.0.conv2.weight", 1);
    String depth = DEPTHS.getOrDefault(blocks(), "");
    boolean usualWidth = weights.size("layer1.1.conv1.weight", 1) == (bottleneck() ? 256 : 64);
    if (depth.isEmpty() || !usualWidth || groupWidth == 0) {
      return encoder.summary();
    }
    if (groupWidth < width) {
      return "ResNeXt-%s %dx%dd".formatted(depth, width / groupWidth, groupWidth);
    }
    return width == 64
        ? "ResNet-" + depth
        : width == 128 ? "Wide ResNet-" + depth + "-2" : encoder.summary();
  }

  private boolean bottleneck() {
    return weights.contains("layer1.0.conv3.weight");
  }

  /** The kind of block and how many of them each stage has. */
  private String blocks() {
    StringBuilder blocks = new StringBuilder(bottleneck() ? "bottleneck" : "basic");
    for (int stage = 1; stage <= 4; stage++) {
      int count = 0;
      while (weights.contains("layer%d.%d.conv1.weight".formatted(stage, count))) {
        count++;
      }
      blocks.append(' ').append(count);
    }
    return blocks.toString();
  }

  @Override
  public Map<String, Shape> expected() {
    Map<String, Shape> expected = encoder.expected();
    Layers.expectLinear(expected, LINEAR, weights.size(LINEAR + ".weight", 0), encoder.channels());
    return expected;
  }

  @Override
  public String lastLayer() {
    return LINEAR;
  }

  @Override
  public String write(ScriptBuilder script, Layers layers, String pictures) {
    String features = encoder.write(script, pictures, layers.precision());
    return layers.logits(script, script.flatMean(features), LINEAR);
  }
}
