package dev.sconce.network;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.weights.StateDict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One of torchvision's picture classifiers, read off the keys and shapes of its state dict: ResNet,
 * ResNeXt and Wide ResNet, VGG with and without BatchNorm, AlexNet, SqueezeNet, MobileNetV2 and
 * DenseNet, of any width and for any number of classes.
 *
 * <p>As a TorchScript module it has one method, {@link Methods#FORWARD}: pictures float32 [N, H, W,
 * 3], normalised → logits float32 [N, classes]. What leaves no key, such as strides, is as {@code
 * torchvision/models} of version 0.22 has it. With {@link OperatorSet#ATEN} every operator can be
 * differentiated, down to the pictures.
 *
 * <p>Immutable. The weights' file is read again when the module is written.
 */
public final class Classifier {
  private static final List<Family> FAMILIES =
      List.of(
          new Family(ResNet::recognises, ResNet::new),
          new Family(Vgg::recognises, Vgg::new),
          new Family(AlexNet::recognises, AlexNet::new),
          new Family(SqueezeNet::recognises, SqueezeNet::new),
          new Family(MobileNetV2::recognises, MobileNetV2::new),
          new Family(DenseNet::recognises, DenseNet::new));

  private final LayerWeights weights;
  private final Architecture architecture;

  /** How a family tells its own, and reads them. */
  private record Family(
      Predicate<LayerWeights> recognises, Function<LayerWeights, Architecture> read) {}

  private Classifier(LayerWeights weights, Architecture architecture) {
    this.weights = weights;
    this.architecture = architecture;
  }

  /** Whether {@code weights} has the keys that begin a classifier of a family named above. */
  public static boolean recognises(StateDict weights) {
    return family(new LayerWeights(weights)).isPresent();
  }

  private static Optional<Family> family(LayerWeights weights) {
    return FAMILIES.stream().filter(family -> family.recognises.test(weights)).findFirst();
  }

  /**
   * Infers the network from its weights.
   *
   * @throws ServingException {@code INVALID_MODEL} if they are of no family named above, or do not
   *     fit the one they are of: then it names every key and shape that does not fit
   */
  public static Classifier infer(StateDict weights) {
    LayerWeights layers = new LayerWeights(weights);
    layers.requireElements();
    Architecture architecture =
        family(layers).orElseThrow(() -> unknown(weights)).read.apply(layers);
    String make = architecture.make();
    layers.requireFit((make.startsWith("A") ? "an " : "a ") + make, architecture.expected());
    return new Classifier(layers, architecture);
  }

  private static ServingException unknown(StateDict weights) {
    return new ServingException(
        ErrorCode.INVALID_MODEL,
        "%s: not a classifier that can be told from its %d keys, which begin with %s (expected:"
                .formatted(
                    weights.fileName(),
                    weights.tensors().size(),
                    weights.tensors().keySet().stream().limit(3).toList())
            + " torchvision's ResNet, ResNeXt, Wide ResNet, VGG, AlexNet, SqueezeNet, MobileNetV2"
            + " or DenseNet; any other network can be served as TorchScript)");
  }

  /** The make and the number of classes, for people: {@code VGG-16 with BatchNorm, 10 classes}. */
  public String summary() {
    return architecture.make() + ", " + classes() + (classes() == 1 ? " class" : " classes");
  }

  /** How many logits there are. */
  public int classes() {
    return Math.toIntExact(weights.size(architecture.lastLayer() + ".weight", 0));
  }

  /**
   * Writes the network as a TorchScript archive.
   *
   * @throws ServingException {@code INVALID_MODEL} if a weight is not finite
   */
  public void write(Path file, Precision precision, OperatorSet operators) throws IOException {
    ScriptBuilder script = new ScriptBuilder(operators);
    script.method(Methods.FORWARD, "pictures: Tensor", "Tensor");
    String x = script.channelsFirst("pictures", precision);
    script.returns(architecture.write(script, new Layers(weights, precision), x));
    script.write(file);
  }
}
