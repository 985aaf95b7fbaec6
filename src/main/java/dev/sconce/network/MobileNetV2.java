package dev.sconce.network;

import dev.sconce.weights.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * torchvision's MobileNetV2: a stem, 17 inverted residual blocks, a 1 x 1 convolution, the mean,
 * one Linear; ReLU6 throughout ({@code torchvision/models/mobilenetv2.py}; Sandler et al., arXiv
 * 1801.04381).
 *
 * <p>Widths are read off the shapes. Which blocks halve the picture leaves no key: they are those
 * of torchvision's own table, which a width multiplier leaves alone, so only networks with its 17
 * blocks are taken.
 */
final class MobileNetV2 implements Architecture {
  private static final int BLOCKS = 17;
  private static final Set<Integer> HALVING = Set.of(2, 4, 7, 14);
  private static final String STEM = "features.0";
  private static final String TOP = "features." + (BLOCKS + 1);
  private static final String LINEAR = "classifier.1";

  private final LayerWeights weights;

  MobileNetV2(LayerWeights weights) {
    this.weights = weights;
  }

  /** A convolution with its norm, then an inverted residual block. */
  static boolean recognises(LayerWeights weights) {
    return weights.contains(STEM + ".0.weight") && weights.contains("features.1.conv.0.0.weight");
  }

  @Override
  public String make() {
    long stem = channels(STEM + ".0");
    long top = channels(TOP + ".0");
    return stem == 32 && top == 1280 && channels("features.17.conv.2") == 320
        ? "MobileNetV2"
        : "MobileNetV2 of %d to %d channels".formatted(stem, top);
  }

  private long channels(String layer) {
    return weights.size(layer + ".weight", 0);
  }

  /** A block: perhaps a 1 x 1 convolution to more channels, one on each channel, one to fewer. */
  private record Block(String name, boolean expands, int stride) {
    static Block of(int index) {
      return new Block("features." + index + ".conv", index > 1, HALVING.contains(index) ? 2 : 1);
    }

    String depthwise() {
      return name + (expands ? ".1" : ".0");
    }

    String projection() {
      return name + (expands ? ".2" : ".1");
    }

    String projectionNorm() {
      return name + (expands ? ".3" : ".2");
    }
  }

  @Override
  public Map<String, Shape> expected() {
    Map<String, Shape> expected = new LinkedHashMap<>();
    long in = channels(STEM + ".0");
    expectNormed(expected, STEM, in, 3, 3);
    for (int i = 1; i <= BLOCKS; i++) {
      Block block = Block.of(i);
      long hidden = block.expands ? channels(block.depthwise() + ".0") : in;
      if (block.expands) {
        expectNormed(expected, block.name + ".0", hidden, in, 1);
      }
      expectNormed(expected, block.depthwise(), hidden, 1, 3);
      long out = channels(block.projection());
      Layers.expectConvolution(expected, block.projection(), out, hidden, 1, false);
      BatchNorm.expect(expected, block.projectionNorm(), out);
      in = out;
    }
    expectNormed(expected, TOP, channels(TOP + ".0"), in, 1);
    Layers.expectLinear(expected, LINEAR, channels(LINEAR), channels(TOP + ".0"));
    return expected;
  }

  private static void expectNormed(
      Map<String, Shape> expected, String name, long out, long in, int kernel) {
    Layers.expectConvolution(expected, name + ".0", out, in, kernel, false);
    BatchNorm.expect(expected, name + ".1", out);
  }

  @Override
  public String lastLayer() {
    return LINEAR;
  }

  @Override
  public String write(ScriptBuilder script, Layers constants, String pictures) {
    String x = normedRelu6(script, constants, pictures, STEM, new Layers.Window(2, 1, 1));
    long in = channels(STEM + ".0");
    for (int i = 1; i <= BLOCKS; i++) {
      Block block = Block.of(i);
      x = writeBlock(script, constants, x, block, in);
      in = channels(block.projection());
    }
    x = normedRelu6(script, constants, x, TOP, Layers.Window.same(1));
    return constants.logits(script, script.flatMean(x), LINEAR);
  }

  private String writeBlock(
      ScriptBuilder script, Layers constants, String x, Block block, long in) {
    Layers.Window point = Layers.Window.same(1);
    int hidden = (int) channels(block.depthwise() + ".0");
    String inner = block.expands ? normedRelu6(script, constants, x, block.name + ".0", point) : x;
    inner =
        normedRelu6(
            script,
            constants,
            inner,
            block.depthwise(),
            new Layers.Window(block.stride, 1, hidden));
    Convolution projection =
        constants.normedConvolution(block.projection(), block.projectionNorm(), point);
    boolean residual = block.stride == 1 && in == channels(block.projection());
    return residual
        ? script.convolutionAdd(inner, projection, x)
        : script.convolution(inner, projection);
  }

  private static String normedRelu6(
      ScriptBuilder script, Layers constants, String x, String name, Layers.Window window) {
    return script.convolutionRelu6(
        x, constants.normedConvolution(name + ".0", name + ".1", window));
  }
}
