package dev.sconce.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.weights.InMemory;
import dev.sconce.weights.Shape;
import dev.sconce.weights.StateDict;
import dev.sconce.weights.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read off keys and shapes, which are those of torchvision's own constructors. */
class ClassifierMakesTest {
  private static final Map<String, StateDict> MAKES = GoldenClassifier.makes();

  private static StateDict make(String name) {
    return Objects.requireNonNull(MAKES.get(name), name);
  }

  @ParameterizedTest
  @CsvSource({
    "resnet18, ResNet-18",
    "resnet34, ResNet-34",
    "resnet50, ResNet-50",
    "resnet101, ResNet-101",
    "resnet152, ResNet-152",
    "resnext50_32x4d, ResNeXt-50 32x4d",
    "resnext101_32x8d, ResNeXt-101 32x8d",
    "resnext101_64x4d, ResNeXt-101 64x4d",
    "wide_resnet50_2, Wide ResNet-50-2",
    "wide_resnet101_2, Wide ResNet-101-2",
    "vgg11, VGG-11",
    "vgg11_bn, VGG-11 with BatchNorm",
    "vgg13, VGG-13",
    "vgg13_bn, VGG-13 with BatchNorm",
    "vgg16, VGG-16",
    "vgg16_bn, VGG-16 with BatchNorm",
    "vgg19, VGG-19",
    "vgg19_bn, VGG-19 with BatchNorm",
    "alexnet, AlexNet",
    "squeezenet1_0, SqueezeNet 1.0",
    "squeezenet1_1, SqueezeNet 1.1",
    "mobilenet_v2, MobileNetV2",
    "densenet121, DenseNet-121",
    "densenet161, DenseNet-161",
    "densenet169, DenseNet-169",
    "densenet201, DenseNet-201"
  })
  void everyConstructorOfTorchvisionIsKnownByName(String constructor, String name) {
    assertThat(Classifier.recognises(make(constructor))).isTrue();

    Classifier classifier = Classifier.infer(make(constructor));

    assertThat(classifier.summary()).isEqualTo(name + ", 1000 classes");
    assertThat(classifier.classes()).isEqualTo(1000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "narrow basic resnet | ResNet, basic blocks 2-1-1-1, 128 channels, 3 classes",
        "narrow bottleneck resnet | ResNet, bottleneck blocks 1-2-1-1, 256 channels, 1 class",
        "narrow vgg11 | VGG of 8 M 12 M 16 16 M 24 24 M 24 20 M, 5 classes",
        "shallow vgg | VGG of 8 8 M 12 M with BatchNorm, 3 classes",
        "narrow alexnet | AlexNet of 8-12-10-14-6, 4 classes",
        "mobilenet_v2 of width 0.35 | MobileNetV2 of 16 to 1280 channels, 3 classes",
        "narrow densenet | DenseNet of 2-3-2 layers, growth 8, 5 classes"
      })
  void othersOfTheSameMakeAreDescribed(String network, String summary) {
    assertThat(Classifier.infer(GoldenClassifier.named(network).weights()).summary())
        .isEqualTo(summary);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "inception_v3",
        "googlenet",
        "mobilenet_v3_small",
        "efficientnet_b0",
        "shufflenet_v2_x0_5",
        "mnasnet0_5",
        "convnext_tiny",
        "vit_b_16"
      })
  void otherClassifiersAreNotRecognisedAndRefusedPlainly(String constructor) {
    StateDict weights = make(constructor);
    String first = weights.tensors().keySet().iterator().next();

    assertThat(Classifier.recognises(weights)).isFalse();
    assertRefused(
        weights,
        "model.pth: not a classifier that can be told from its " + weights.tensors().size(),
        "begin with [" + first,
        "(expected: torchvision's ResNet, ResNeXt,",
        "can be served as TorchScript)");
  }

  @Test
  void anEncoderWithoutItsLinearIsNoClassifier() {
    assertThat(Classifier.recognises(without(make("resnet18"), "fc."))).isFalse();
    assertThat(Classifier.recognises(GoldenTwin.read("full-size.json").get(0).encoder())).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resnet18 | layer2.0.bn1.bias | layer3.1.conv1.weight | a ResNet-18",
        "vgg11 | classifier.3.bias | features.3.weight | a VGG-11",
        "vgg16_bn | features.1.running_var | classifier.0.weight | a VGG-16 with BatchNorm",
        "alexnet | features.8.bias | features.6.weight | an AlexNet",
        "squeezenet1_0 | features.3.squeeze.bias | features.5.expand3x3.weight | a SqueezeNet 1.0",
        "mobilenet_v2 | features.7.conv.3.weight | features.4.conv.1.0.weight | a MobileNetV2",
        "densenet121 | features.norm5.bias | features.transition1.conv.weight | a DenseNet-121"
      })
  void everyKeyAndShapeThatDoesNotFitIsNamedAtOnce(
      String constructor, String missing, String reshaped, String network) {
    StateDict broken = without(make(constructor), missing);
    Shape shape = make(constructor).find(reshaped).orElseThrow().shape();
    long[] wrong = shape.sizes().stream().mapToLong(size -> size).toArray();
    wrong[1]++;
    broken = with(broken, reshaped, Shape.of(wrong));
    broken = with(broken, "aux.weight", Shape.of(3));

    assertRefused(
        broken,
        "model.pth: Error(s) in loading state_dict for " + network + ":",
        "Missing key(s) in state_dict: \"" + missing + "\". ",
        "Unexpected key(s) in state_dict: \"aux.weight\". ",
        "size mismatch for "
            + reshaped
            + ": copying a param with shape torch.Size("
            + Shape.of(wrong));
  }

  @Test
  void aConvolutionMissingInTheMiddleIsNoShallowerNetwork() {
    assertRefused(
        without(make("vgg16"), "features.12."), "Unexpected key(s)", "\"features.14.weight\"");
    assertRefused(
        without(without(make("squeezenet1_1"), "features.6."), "features.7."),
        "Unexpected key(s)",
        "\"features.9.squeeze.weight\"");
    assertRefused(
        without(make("densenet121"), "features.denseblock2.denselayer5."),
        "Unexpected key(s)",
        "\"features.denseblock2.denselayer6.conv1.weight\"");
    assertRefused(
        without(make("mobilenet_v2"), "features.17."),
        "Missing key(s)",
        "\"features.17.conv.2.weight\"");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1L << 62})
  void layersWithoutChannelsAreRefusedHoweverWideTheOtherSide(long other) {
    assertRefused(
        with(make("vgg11"), "classifier.0.weight", Shape.of(other, 0)),
        "model.pth: classifier.0.weight: shape [" + other + ", 0] (expected: sizes >= 1)");
  }

  @Test
  void numbersThatWouldMakeEveryAnswerNaNAreRefused(@TempDir Path directory) {
    StateDict weights = GoldenClassifier.named("narrow densenet").weights();
    Map<String, Tensor> changed = new LinkedHashMap<>(weights.tensors());
    changed.put("classifier.bias", InMemory.everywhere(Float.NaN, Shape.of(5)));
    Classifier classifier = Classifier.infer(InMemory.stateDict("model.pth", changed));

    assertThatThrownBy(
            () -> classifier.write(directory.resolve("c.pt"), Precision.FP32, OperatorSet.ATEN))
        .isInstanceOf(ServingException.class)
        .hasMessage("model.pth: classifier.bias: NaN as element 0 (expected: finite numbers)");
  }

  private static StateDict with(StateDict weights, String key, Shape shape) {
    Map<String, Tensor> changed = new LinkedHashMap<>(weights.tensors());
    changed.put(key, InMemory.everywhere(0.5f, shape));
    return InMemory.stateDict(weights.fileName(), changed);
  }

  private static StateDict without(StateDict weights, String prefix) {
    Map<String, Tensor> changed = new LinkedHashMap<>(weights.tensors());
    changed.keySet().removeIf(key -> key.startsWith(prefix));
    return InMemory.stateDict(weights.fileName(), changed);
  }

  private static void assertRefused(StateDict weights, String... words) {
    assertThatThrownBy(() -> Classifier.infer(weights))
        .isInstanceOfSatisfying(
            ServingException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL);
              assertThat(e).hasMessageContainingAll(words);
            });
  }
}
