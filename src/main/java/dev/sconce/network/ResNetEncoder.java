package dev.sconce.network;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.weights.Shape;
import dev.sconce.weights.StateDict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * torchvision's ResNet without its pooling and its classifier: a stem, then stages of residual
 * blocks, each halving the picture (He et al., arXiv 1512.03385, with the stride on the 3 x 3
 * convolution as in {@code torchvision/models/resnet.py}).
 *
 * <p>Depth, width, kind of block and groups are read off the keys and shapes, so ResNet, ResNeXt,
 * Wide ResNet and narrower or shallower ones of the same make are all the same to it. Keys may be
 * those of the module ({@code layer1.0.conv1.weight}) or those of {@code
 * Sequential(*resnet.children())} ({@code 4.0.conv1.weight}).
 */
final class ResNetEncoder {
  private static final int STEM_KERNEL = 7;
  private static final int MAX_STAGES = 4;

  private final LayerWeights weights;
  private final Names names;
  private final long stemChannels;
  private final boolean bottleneck;
  private final List<Stage> stages;

  /** How the parts are called. */
  private record Names(String stem, String stemNorm, List<String> stages) {
    static final Names MODULE =
        new Names("conv1", "bn1", List.of("layer1", "layer2", "layer3", "layer4"));
    static final Names SEQUENTIAL = new Names("0", "1", List.of("4", "5", "6", "7"));

    Names within(String prefix) {
      return new Names(
          prefix + stem, prefix + stemNorm, stages.stream().map(stage -> prefix + stage).toList());
    }
  }

  /**
   * Blocks that work at one resolution.
   *
   * @param width channels inside a block
   * @param out channels that leave a block
   * @param groups of a bottleneck's 3 x 3 convolution
   */
  private record Stage(String name, int blocks, long width, long out, long groups) {}

  private ResNetEncoder(LayerWeights weights, Names names) {
    this.weights = weights;
    this.names = names;
    this.stemChannels = weights.size(names.stem + ".weight", 0);
    this.bottleneck = weights.contains(names.stages.get(0) + ".0.conv3.weight");
    this.stages = stages();
  }

  /** Whether {@code weights} has the keys that begin a ResNet. */
  static boolean recognises(StateDict weights) {
    LayerWeights layers = new LayerWeights(weights);
    return areNames(layers, Names.MODULE) || areNames(layers, Names.SEQUENTIAL);
  }

  /** Whether {@code weights} has the keys that begin torchvision's module. */
  static boolean isModule(LayerWeights weights) {
    return areNames(weights, Names.MODULE);
  }

  /** The encoder inside a module whose keys the caller checks, together with its own. */
  static ResNetEncoder ofModule(LayerWeights weights) {
    return new ResNetEncoder(weights, Names.MODULE);
  }

  private static boolean areNames(LayerWeights weights, Names names) {
    return weights.contains(names.stem + ".weight")
        && weights.contains(names.stages.get(0) + ".0.conv1.weight");
  }

  /**
   * Infers the encoder.
   *
   * @throws ServingException {@code INVALID_MODEL} if the weights are no ResNet's, naming every key
   *     and shape that does not fit
   */
  static ResNetEncoder infer(StateDict weights) {
    if (!recognises(weights)) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL,
          weights.fileName()
              + ": not a ResNet encoder: no 0.weight with 4.0.conv1.weight and no conv1.weight with"
              + " layer1.0.conv1.weight among its "
              + weights.tensors().size()
              + " keys");
    }
    LayerWeights layers = new LayerWeights(weights);
    Names names = areNames(layers, Names.MODULE) ? Names.MODULE : Names.SEQUENTIAL;
    ResNetEncoder encoder = new ResNetEncoder(layers, names);
    layers.requireFit("the encoder, a " + encoder.summary(), encoder.expected());
    return encoder;
  }

  /** Whether the keys of a {@code Sequential} that begin a ResNet are there, after a prefix. */
  static boolean recognises(LayerWeights weights, String prefix) {
    return areNames(weights, Names.SEQUENTIAL.within(prefix));
  }

  /**
   * Infers an encoder that is a {@code Sequential} inside a larger network. Whether its weights fit
   * is for the caller to check, against {@link #expected}, together with the rest.
   *
   * @param prefix of the keys, such as {@code layers.0.}
   */
  static ResNetEncoder within(LayerWeights weights, String prefix) {
    return new ResNetEncoder(weights, Names.SEQUENTIAL.within(prefix));
  }

  private List<Stage> stages() {
    List<Stage> found = new ArrayList<>();
    for (int i = 0; i < MAX_STAGES; i++) {
      String name = names.stages.get(i);
      int blocks = 0;
      while (weights.contains(name + "." + blocks + ".conv1.weight")) {
        blocks++;
      }
      if (blocks == 0) {
        break;
      }
      long width = weights.size(name + ".0.conv1.weight", 0);
      long out = bottleneck ? weights.size(name + ".0.conv3.weight", 0) : width;
      long groups = bottleneck ? groups(width, weights.size(name + ".0.conv2.weight", 1)) : 1;
      found.add(new Stage(name, blocks, width, out, groups));
    }
    return found;
  }

  /** A weight's second dimension is the number of channels in a group. */
  private static long groups(long channels, long channelsInGroup) {
    return channelsInGroup > 0 && channels % channelsInGroup == 0 ? channels / channelsInGroup : 1;
  }

  /** Every key that such an encoder has, with its shape, in PyTorch's order. */
  Map<String, Shape> expected() {
    Map<String, Shape> expected = new LinkedHashMap<>();
    expected.put(names.stem + ".weight", Shape.of(stemChannels, 3, STEM_KERNEL, STEM_KERNEL));
    BatchNorm.expect(expected, names.stemNorm, stemChannels);
    long in = stemChannels;
    for (Stage stage : stages) {
      for (int i = 0; i < stage.blocks; i++) {
        expectBlock(expected, stage, i, in);
        in = stage.out;
      }
    }
    return expected;
  }

  private void expectBlock(Map<String, Shape> expected, Stage stage, int index, long in) {
    String block = stage.name + "." + index;
    long width = stage.width;
    if (bottleneck) {
      expect(expected, block, 1, width, in, 1);
      expect(expected, block, 2, width, width / stage.groups, 3);
      expect(expected, block, 3, stage.out, width, 1);
    } else {
      expect(expected, block, 1, width, in, 3);
      expect(expected, block, 2, width, width, 3);
    }
    if (hasProjection(stage, index, in)) {
      expected.put(block + ".downsample.0.weight", Shape.of(stage.out, in, 1, 1));
      BatchNorm.expect(expected, block + ".downsample.1", stage.out);
    }
  }

  private static void expect(
      Map<String, Shape> expected, String block, int number, long out, long in, int kernel) {
    expected.put(block + ".conv" + number + ".weight", Shape.of(out, in, kernel, kernel));
    BatchNorm.expect(expected, block + ".bn" + number, out);
  }

  /** A block that changes the shape carries its input over through a 1 x 1 convolution. */
  private boolean hasProjection(Stage stage, int index, long in) {
    return index == 0 && (stride(stage, index) != 1 || in != stage.out);
  }

  private int stride(Stage stage, int index) {
    return index == 0 && !stage.equals(stages.get(0)) ? 2 : 1;
  }

  /** How many channels leave the encoder. */
  int channels() {
    return (int) stages.get(stages.size() - 1).out;
  }

  /** The channels of each tensor that {@link #writeStages} gives. */
  List<Long> stageChannels() {
    return Stream.concat(Stream.of(stemChannels), stages.stream().map(Stage::out)).toList();
  }

  /** The make, for people: {@code ResNet, bottleneck blocks 3-4-6-3, 2048 channels}. */
  String summary() {
    String blocks = String.join("-", stages.stream().map(stage -> "" + stage.blocks).toList());
    long groups = stages.get(0).groups;
    return "%s, %s blocks %s, %d channels"
        .formatted(
            groups > 1 ? "ResNeXt with " + groups + " groups" : "ResNet",
            bottleneck ? "bottleneck" : "basic",
            blocks,
            channels());
  }

  /**
   * Writes the encoder's operators.
   *
   * @param pictures names a tensor [N, 3, H, W], channels last
   * @return names the features, [N, channels, H / 32, W / 32] for four stages, channels last
   */
  String write(ScriptBuilder script, String pictures, Precision precision) {
    List<String> outputs = writeStages(script, pictures, precision);
    return outputs.get(outputs.size() - 1);
  }

  /**
   * Writes the encoder's operators, and keeps what leaves the stem and each stage: later operators
   * overwrite none of these.
   *
   * @param pictures names a tensor [N, 3, H, W], channels last
   * @return names the stem's output before its pooling, at half the size, then each stage's, every
   *     one at half the size of the one before; sizes are rounded up
   */
  List<String> writeStages(ScriptBuilder script, String pictures, Precision precision) {
    Convolution stem = convolution(names.stem, names.stemNorm, precision, 2, STEM_KERNEL / 2, 1);
    List<String> outputs = new ArrayList<>();
    outputs.add(script.convolutionRelu(pictures, stem));
    String x = script.maxPool(outputs.get(0), 3, 2, 1);
    long in = stemChannels;
    for (Stage stage : stages) {
      for (int i = 0; i < stage.blocks; i++) {
        x = writeBlock(script, x, stage, i, in, precision);
        in = stage.out;
      }
      outputs.add(x);
    }
    return outputs;
  }

  private String writeBlock(
      ScriptBuilder script, String x, Stage stage, int index, long in, Precision precision) {
    String block = stage.name + "." + index;
    int stride = stride(stage, index);
    // The last convolution overwrites what it adds: x itself, of which nobody else has need then,
    // for a stage's first block has a projection, or x is the pooled stem's.
    String carried = x;
    if (hasProjection(stage, index, in)) {
      carried =
          script.convolution(
              x,
              convolution(
                  block + ".downsample.0", block + ".downsample.1", precision, stride, 0, 1));
    }
    if (!bottleneck) {
      String inner = script.convolutionRelu(x, numbered(block, 1, precision, stride, 1, 1));
      return script.convolutionAddRelu(inner, numbered(block, 2, precision, 1, 1, 1), carried);
    }
    String reduced = script.convolutionRelu(x, numbered(block, 1, precision, 1, 0, 1));
    String inner =
        script.convolutionRelu(
            reduced, numbered(block, 2, precision, stride, 1, (int) stage.groups));
    return script.convolutionAddRelu(inner, numbered(block, 3, precision, 1, 0, 1), carried);
  }

  private Convolution numbered(
      String block, int number, Precision precision, int stride, int padding, int groups) {
    return convolution(
        block + ".conv" + number, block + ".bn" + number, precision, stride, padding, groups);
  }

  private Convolution convolution(
      String name, String norm, Precision precision, int stride, int padding, int groups) {
    return new Layers(weights, precision)
        .normedConvolution(name, norm, new Layers.Window(stride, padding, groups));
  }
}
