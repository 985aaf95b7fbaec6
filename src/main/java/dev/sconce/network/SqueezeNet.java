package dev.sconce.network;

import dev.sconce.weights.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * torchvision's SqueezeNet: a convolution, Fire modules, a convolution to the classes and its mean
 * ({@code torchvision/models/squeezenet.py}).
 *
 * <p>The stem's kernel is 7 in version 1.0 and 3 in version 1.1. The Fires are numbered together
 * with the poolings between them, so a number that is left out is a pooling; the one behind the
 * stem is in both versions.
 */
final class SqueezeNet implements Architecture {
  private static final String STEM = "features.0";
  private static final String LAST = "classifier.1";
  private static final int FIRST_FIRE = 3;

  private final LayerWeights weights;
  private final List<Fire> fires = new ArrayList<>();

  /**
   * A Fire module: few channels, then 1 x 1 and 3 x 3 convolutions beside one another.
   *
   * @param pooledBefore whether a pooling stands before it
   */
  private record Fire(int index, boolean pooledBefore) {
    String name(String part) {
      return "features." + index + "." + part;
    }
  }

  SqueezeNet(LayerWeights weights) {
    this.weights = weights;
    boolean pooled = true;
    for (int index = FIRST_FIRE; isFire(index) || isFire(index + 1); index++) {
      if (isFire(index)) {
        fires.add(new Fire(index, pooled));
      }
      pooled = !isFire(index);
    }
  }

  private boolean isFire(int index) {
    return weights.contains("features." + index + ".squeeze.weight");
  }

  /** A convolution, then a Fire. */
  static boolean recognises(LayerWeights weights) {
    return weights.contains(STEM + ".weight")
        && weights.contains("features." + FIRST_FIRE + ".squeeze.weight");
  }

  @Override
  public String make() {
    String places = stemKernel() + " " + fires.stream().map(Fire::index).toList();
    return switch (places) {
      case "7 [3, 4, 5, 7, 8, 9, 10, 12]" -> "SqueezeNet 1.0";
      case "3 [3, 4, 6, 7, 9, 10, 11, 12]" -> "SqueezeNet 1.1";
      default -> "SqueezeNet of " + fires.size() + " Fires";
    };
  }

  private int stemKernel() {
    return weights.size(STEM + ".weight", 2) == 7 ? 7 : 3;
  }

  private long channels(String layer) {
    return weights.size(layer + ".weight", 0);
  }

  @Override
  public Map<String, Shape> expected() {
    Map<String, Shape> expected = new LinkedHashMap<>();
    long in = channels(STEM);
    Layers.expectConvolution(expected, STEM, in, 3, stemKernel(), true);
    for (Fire fire : fires) {
      long squeezed = channels(fire.name("squeeze"));
      long narrow = channels(fire.name("expand1x1"));
      long wide = channels(fire.name("expand3x3"));
      Layers.expectConvolution(expected, fire.name("squeeze"), squeezed, in, 1, true);
      Layers.expectConvolution(expected, fire.name("expand1x1"), narrow, squeezed, 1, true);
      Layers.expectConvolution(expected, fire.name("expand3x3"), wide, squeezed, 3, true);
      in = narrow + wide;
    }
    Layers.expectConvolution(expected, LAST, channels(LAST), in, 1, true);
    return expected;
  }

  @Override
  public String lastLayer() {
    return LAST;
  }

  /** The mean over the picture is taken in 32 bits; the convolution before it is not. */
  @Override
  public String write(ScriptBuilder script, Layers constants, String pictures) {
    Layers.Window point = Layers.Window.same(1);
    String x =
        script.convolutionRelu(pictures, constants.convolution(STEM, new Layers.Window(2, 0, 1)));
    for (Fire fire : fires) {
      x = fire.pooledBefore ? script.maxPoolOverEdges(x, 3, 2) : x;
      x = script.convolutionRelu(x, constants.convolution(fire.name("squeeze"), point));
      String narrow =
          script.convolutionRelu(x, constants.convolution(fire.name("expand1x1"), point));
      Convolution expand = constants.convolution(fire.name("expand3x3"), Layers.Window.same(3));
      x = script.concatenate(narrow, script.convolutionRelu(x, expand));
    }
    String scores = script.convolutionRelu(x, constants.convolution(LAST, point));
    return script.flatMean(script.toFloat32(scores, constants.precision()));
  }
}
