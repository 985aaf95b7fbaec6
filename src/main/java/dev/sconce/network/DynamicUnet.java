package dev.sconce.network;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.network.ConvLayer.Norm;
import dev.sconce.network.UnetBlock.Upsampling;
import dev.sconce.weights.Learner;
import dev.sconce.weights.Shape;
import dev.sconce.weights.StateDict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * fast.ai's {@code DynamicUnet} over a ResNet encoder ({@code fastai/vision/models/unet.py}): each
 * pixel of a picture gets a class.
 *
 * <p>Encoder, {@code norm_type} (none, Batch, Weight), {@code self_attention}, {@code last_cross}
 * and the number of classes are read off the keys and shapes; what leaves no trace there is in
 * {@link Options}.
 *
 * <p>As a TorchScript module it has two methods, for pictures of any size:
 *
 * <ul>
 *   <li>{@link Methods#FORWARD}: pictures float32 [N, H, W, 3], normalised → masks uint8 [N, H, W],
 *       the class with the largest logit, the first of equals.
 *   <li>{@link #LOGITS}: the same pictures → logits float32 [N, classes, H, W].
 * </ul>
 */
public final class DynamicUnet {
  /** The method that answers logits. */
  public static final String LOGITS = "logits";

  private static final String ENCODER = "layers.0.";
  private static final int FIRST_BLOCK = 4;

  /** A mask has a byte for each pixel. */
  private static final int MOST_CLASSES = 256;

  private final LayerWeights weights;
  private final Options options;
  private final ResNetEncoder encoder;
  private final Norm norm;
  private final ConvLayer widening;
  private final ConvLayer narrowing;
  private final List<UnetBlock> blocks;
  private final Upsampling toFullSize;
  private final Optional<Cross> cross;
  private final ConvLayer last;

  /**
   * Arguments of fast.ai's that leave no trace in the weights.
   *
   * @param blur whether each doubling of the size is blurred
   * @param blurFinal whether the last block's is, too, if the others are
   * @param yRange between which two numbers the logits are pressed, if they are
   */
  public record Options(boolean blur, boolean blurFinal, Optional<Range> yRange) {
    /** fast.ai's defaults. */
    public static final Options DEFAULT = new Options(false, true, Optional.empty());

    /**
     * The arguments that the model of a learner was made with.
     *
     * @throws ServingException {@code INVALID_MODEL} if it has modules that the weights do not show
     *     and {@link DynamicUnet} does not have, such as another activation
     */
    public static Options of(Learner learner) {
      return new UnetTraces(learner).options();
    }
  }

  /** What {@code y_range} gives. */
  public record Range(double low, double high) {}

  /** The residual block in which the picture itself is seen once more ({@code last_cross}). */
  private record Cross(ConvLayer first, ConvLayer second) {}

  private DynamicUnet(LayerWeights weights, Options options) {
    this.weights = weights;
    this.options = options;
    this.encoder = ResNetEncoder.within(weights, ENCODER);
    this.norm = Norm.of(weights, "layers.3.0");
    long features = encoder.channels();
    this.widening = new ConvLayer("layers.3.0", features, 2 * features, 3, norm);
    this.narrowing = new ConvLayer("layers.3.1", 2 * features, features, 3, norm);
    this.blocks = blocks();
    int next = FIRST_BLOCK + blocks.size();
    long out = blocks.get(blocks.size() - 1).out();
    this.toFullSize = Upsampling.of("layers." + next, out, out, norm);
    this.cross = cross("layers." + (next + 3) + ".convpath", out + 3);
    String name = "layers." + (next + (cross.isPresent() ? 4 : 2));
    long classes = weights.size(name + norm.weight(), 0);
    this.last = new ConvLayer(name, cross.isPresent() ? out + 3 : out, classes, 1, norm);
  }

  private List<UnetBlock> blocks() {
    List<Long> skips = encoder.stageChannels();
    int count = skips.size() - 1;
    List<UnetBlock> found = new ArrayList<>();
    long in = encoder.channels();
    for (int i = 0; i < count; i++) {
      String name = "layers." + (FIRST_BLOCK + i);
      long skip = skips.get(count - 1 - i);
      boolean isLast = i == count - 1;
      UnetBlock block = UnetBlock.of(weights, name, in, skip, isLast, i == count - 3, norm);
      found.add(block);
      in = block.out();
    }
    return found;
  }

  private Optional<Cross> cross(String name, long channels) {
    if (weights.keys().stream().noneMatch(key -> key.startsWith(name + "."))) {
      return Optional.empty();
    }
    return Optional.of(
        new Cross(
            new ConvLayer(name + ".0", channels, channels, 3, norm),
            new ConvLayer(name + ".1", channels, channels, 3, norm)));
  }

  /** Whether {@code weights} has the keys that begin such a network's encoder and its decoder. */
  public static boolean recognises(StateDict weights) {
    LayerWeights layers = new LayerWeights(weights);
    return ResNetEncoder.recognises(layers, ENCODER)
        && layers.keys().stream().anyMatch(key -> key.startsWith("layers.4.shuf."));
  }

  /**
   * Infers the network from its weights.
   *
   * @throws ServingException {@code INVALID_MODEL} if they are not of this kind or do not fit one
   *     another, naming every key and shape that does not fit
   */
  public static DynamicUnet infer(StateDict weights, Options options) {
    if (!recognises(weights)) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL,
          weights.fileName()
              + ": not a fast.ai DynamicUnet over a ResNet: no layers.0.0.weight with"
              + " layers.0.4.0.conv1.weight and layers.4.shuf.… among its "
              + weights.tensors().size()
              + " keys");
    }
    DynamicUnet network = new DynamicUnet(new LayerWeights(weights), options);
    String make = "DynamicUnet, a " + network.encoder.summary();
    network.weights.requireFit(make, network.expected());
    if (network.classes() > MOST_CLASSES) {
      String found = network.classes() + " classes";
      throw network.weights.refused(network.last.name(), found, "<= " + MOST_CLASSES);
    }
    return network;
  }

  /** Every key that such a network has, with its shape, in PyTorch's order. */
  private Map<String, Shape> expected() {
    Map<String, Shape> expected = new LinkedHashMap<>(encoder.expected());
    BatchNorm.expect(expected, "layers.1", encoder.channels());
    widening.expect(expected);
    narrowing.expect(expected);
    blocks.forEach(block -> block.expect(expected));
    toFullSize.layer().expect(expected);
    cross.ifPresent(
        layers -> {
          layers.first.expect(expected);
          layers.second.expect(expected);
        });
    last.expect(expected);
    return expected;
  }

  /** How many classes a pixel may have. */
  public int classes() {
    return (int) last.out();
  }

  /** The make, for people. */
  public String summary() {
    List<String> facts = new ArrayList<>(List.of("fast.ai DynamicUnet", encoder.summary()));
    switch (norm) {
      case NONE -> {}
      case BATCH -> facts.add("norm_type Batch");
      case WEIGHT, PARAMETRIZED_WEIGHT -> facts.add("norm_type Weight");
    }
    if (blocks.stream().anyMatch(block -> block.attention().isPresent())) {
      facts.add("self_attention");
    }
    if (cross.isEmpty()) {
      facts.add("no last_cross");
    }
    return String.join("; ", facts) + "; " + classes() + " classes";
  }

  /**
   * Writes the network as a TorchScript archive.
   *
   * @throws ServingException {@code INVALID_MODEL} if a number of the weights is not finite
   */
  public void write(Path file, Precision precision, OperatorSet operators) throws IOException {
    ScriptBuilder script = new ScriptBuilder(operators);
    script.method(LOGITS, "pictures: Tensor", "Tensor");
    script.returns(writeLogits(script, precision));
    script.method(Methods.FORWARD, "pictures: Tensor", "Tensor");
    String logits = script.let("(self)." + LOGITS + "(pictures, )");
    String classes = script.let("torch.argmax(" + logits + ", 1, False)");
    script.returns("torch.to(" + classes + ", 0)"); // c10::ScalarType::Byte
    script.write(file);
  }

  private String writeLogits(ScriptBuilder script, Precision precision) {
    Constant.Type type = precision.type();
    String pictures = script.channelsFirst("pictures", precision);
    List<String> seen = encoder.writeStages(script, pictures, precision);
    int deepest = seen.size() - 1;
    Affine affine = BatchNorm.of(weights, "layers.1");
    String x =
        script.scale(seen.get(deepest), affine.channelFactors(type), affine.channelSummands(type));
    x = script.convolutionRelu(script.reluInPlace(x), widening.fold(weights, precision));
    x = script.convolutionRelu(x, narrowing.fold(weights, precision));
    for (int i = 0; i < blocks.size(); i++) {
      boolean blur = options.blur && (options.blurFinal || i < blocks.size() - 1);
      String skip = seen.get(deepest - 1 - i);
      x = blocks.get(i).write(script, weights, x, skip, precision, blur);
    }
    x = toFullSize.write(script, weights, x, precision, false);
    x = script.resizeNearest(x, pictures);
    x = writeCross(script, x, pictures, precision);
    x = script.toFloat32(x, precision);
    return writeRange(script, script.convolution(x, last.fold(weights, Precision.FP32)));
  }

  private String writeCross(ScriptBuilder script, String x, String pictures, Precision precision) {
    if (cross.isEmpty()) {
      return x;
    }
    String both = script.concatenate(x, pictures);
    String inner = script.convolutionRelu(both, cross.get().first.fold(weights, precision));
    return script.convolutionAddRelu(inner, cross.get().second.fold(weights, precision), both);
  }

  private String writeRange(ScriptBuilder script, String logits) {
    if (options.yRange.isEmpty()) {
      return logits;
    }
    Range range = options.yRange.get();
    return script.let(
        "torch.add(torch.mul(torch.sigmoid(%s), %s), %s)"
            .formatted(logits, range.high - range.low, range.low));
  }
}
