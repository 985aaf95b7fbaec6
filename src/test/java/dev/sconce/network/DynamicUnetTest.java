package dev.sconce.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.sconce.network.GoldenUnet.Picture;
import dev.sconce.torch.TestDevice;
import dev.sconce.torch.TorchModule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Expected values are fast.ai's, by {@code scripts/golden/unet.py}. */
class DynamicUnetTest {
  private final Device device = TestDevice.get();
  @TempDir Path directory;

  static List<GoldenUnet> narrow() {
    return GoldenUnet.read("narrow.json");
  }

  static List<GoldenUnet> fullSize() {
    return GoldenUnet.read("full-size.json");
  }

  static List<OperatorSet> operatorSets() {
    return TwinNetworkTest.operatorSets();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("narrow")
  void logitsAndMasksAreThoseOfFastAiWithEveryOptionAndOperatorSet(GoldenUnet golden)
      throws IOException {
    DynamicUnet network = DynamicUnet.infer(golden.weights(), golden.options());
    for (OperatorSet operators : operatorSets()) {
      try (TorchModule module = load(network, Precision.FP32, operators)) {
        for (Picture picture : golden.pictures()) {
          picture.assertLogits(logits(module, picture));
          picture.assertMask(mask(module, picture));
        }
      }
    }
  }

  /** With the operators that serve; the narrow ones show that the others answer alike. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("fullSize")
  void theNetworksPeopleHaveAnswerAsFastAiDoes(GoldenUnet golden) throws IOException {
    DynamicUnet network =
        DynamicUnet.infer(golden.weights(directory.resolve("weights")), golden.options());
    List<OperatorSet> sets = operatorSets();
    try (TorchModule module = load(network, Precision.FP32, sets.get(sets.size() - 1))) {
      for (Picture picture : golden.pictures()) {
        picture.assertLogits(logits(module, picture));
        picture.assertMask(mask(module, picture));
      }
    }
  }

  @Test
  void theMaskIsWhereTheLogitIsLargest() throws IOException {
    GoldenUnet golden = GoldenUnet.narrow("plain");
    try (TorchModule module = load(golden, Precision.FP32)) {
      Picture picture = golden.pictures().get(1);
      float[] logits = logits(module, picture);
      byte[] mask = mask(module, picture);
      for (int pixel = 0; pixel < mask.length; pixel++) {
        float own = logits[mask[pixel] * mask.length + pixel];
        for (int other = pixel; other < logits.length; other += mask.length) {
          assertThat(logits[other]).isLessThanOrEqualTo(own);
        }
      }
    }
  }

  @Test
  void aBatchAnswersAsItsPicturesDoAlone() throws IOException {
    GoldenUnet golden = GoldenUnet.narrow("Batch and self-attention");
    try (TorchModule module = load(golden, Precision.FP32)) {
      Picture picture = golden.pictures().get(0);
      List<String> names = List.of("x", picture.name(), "y");
      byte[] masks =
          module.compute(
              scope -> {
                NDArray pictures =
                    FormulaPictures.of(names, picture.height(), picture.width(), scope);
                return module.run(Methods.FORWARD, scope, pictures).get(0).toByteArray();
              });
      int each = masks.length / names.size();
      picture.assertMask(Arrays.copyOfRange(masks, each, 2 * each));
      assertThat(picture.share(Arrays.copyOf(masks, each))).isLessThan(0.9);
    }
  }

  @ParameterizedTest
  @CsvSource({"plain", "self-attention", "blur", "y_range", "Weight"})
  void bfloat16ChangesFewPixels(String name) throws IOException {
    GoldenUnet golden = GoldenUnet.narrow(name);
    try (TorchModule exact = load(golden, Precision.FP32);
        TorchModule rounded = load(golden, Precision.BF16)) {
      for (Picture picture : golden.pictures()) {
        assertThat(picture.share(mask(rounded, picture))).isGreaterThan(0.9);
        assertThat(logits(rounded, picture)).isNotEqualTo(logits(exact, picture));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain | fast.ai DynamicUnet; ResNet, basic blocks 1-2-1-1, 64 channels; 6 classes",
        "groups | fast.ai DynamicUnet; ResNeXt with 2 groups, bottleneck blocks 1-1-1-1, 512"
            + " channels; 4 classes",
        "Batch and self-attention | fast.ai DynamicUnet; ResNet, basic blocks 1-2-1-1, 64 channels;"
            + " norm_type Batch; self_attention; 6 classes",
        "parametrized Weight | fast.ai DynamicUnet; ResNet, basic blocks 1-2-1-1, 64 channels;"
            + " norm_type Weight; 6 classes",
        "no last_cross | fast.ai DynamicUnet; ResNet, basic blocks 1-2-1-1, 64 channels; no"
            + " last_cross; 6 classes"
      })
  void theMakeIsReadOffTheWeights(String name, String summary) {
    GoldenUnet golden = GoldenUnet.narrow(name);
    assertThat(DynamicUnet.infer(golden.weights(), golden.options()).summary()).isEqualTo(summary);
  }

  private TorchModule load(GoldenUnet golden, Precision precision) throws IOException {
    DynamicUnet network = DynamicUnet.infer(golden.weights(), golden.options());
    List<OperatorSet> sets = operatorSets();
    return load(network, precision, sets.get(sets.size() - 1));
  }

  private TorchModule load(DynamicUnet network, Precision precision, OperatorSet operators)
      throws IOException {
    Path file = directory.resolve("unet.pt");
    network.write(file, precision, operators);
    return LoadedNetwork.load(file, device, operators, new Shape(1, 96, 160, 3));
  }

  private static float[] logits(TorchModule module, Picture picture) {
    return module.compute(
        scope -> {
          NDArray pixels =
              FormulaPictures.of(List.of(picture.name()), picture.height(), picture.width(), scope);
          return module.run(DynamicUnet.LOGITS, scope, pixels).get(0).toFloatArray();
        });
  }

  private static byte[] mask(TorchModule module, Picture picture) {
    return module.compute(
        scope -> {
          NDArray pixels =
              FormulaPictures.of(List.of(picture.name()), picture.height(), picture.width(), scope);
          return module.run(Methods.FORWARD, scope, pixels).get(0).toByteArray();
        });
  }
}
