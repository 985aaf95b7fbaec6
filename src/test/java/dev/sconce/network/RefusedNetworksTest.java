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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights that make no twin network, and what is said of them. */
class RefusedNetworksTest {
  private static final GoldenTwin SMALL =
      GoldenTwin.read("other-shapes.json").stream()
          .filter(golden -> golden.toString().equals("basic16"))
          .findFirst()
          .orElseThrow();

  private static StateDict with(StateDict weights, String key, long... sizes) {
    Map<String, Tensor> changed = new LinkedHashMap<>(weights.tensors());
    Shape shape = Shape.of(sizes);
    changed.put(key, InMemory.tensor(new float[(int) shape.elementCount()], shape));
    return InMemory.stateDict(weights.fileName(), changed);
  }

  private static StateDict without(StateDict weights, String prefix) {
    Map<String, Tensor> changed = new LinkedHashMap<>(weights.tensors());
    changed.keySet().removeIf(key -> key.startsWith(prefix));
    return InMemory.stateDict(weights.fileName(), changed);
  }

  private static void assertRefused(StateDict encoder, StateDict head, String... words) {
    assertThatThrownBy(() -> TwinNetwork.infer(encoder, head))
        .isInstanceOfSatisfying(
            ServingException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL);
              assertThat(e).hasMessageContainingAll(words);
            });
  }

  @Test
  void everyKeyAndShapeThatDoesNotFitIsNamedAtOnce() {
    StateDict broken = without(SMALL.encoder(), "5.0.bn2.bias");
    broken = with(broken, "5.0.conv2.weight", 32, 32, 5, 5);
    broken = with(broken, "fc.weight", 10, 128);

    assertRefused(
        broken,
        SMALL.head(),
        "encoder.pth: Error(s) in loading state_dict for the encoder, a ResNet, basic blocks"
            + " 1-1-1-1, 128 channels:",
        "Missing key(s) in state_dict: \"5.0.bn2.bias\". ",
        "Unexpected key(s) in state_dict: \"fc.weight\". ",
        "size mismatch for 5.0.conv2.weight: copying a param with shape torch.Size([32, 32, 5, 5])"
            + " from checkpoint, the shape in current model is torch.Size([32, 32, 3, 3]).");
  }

  @Test
  void aHeadThatDoesNotFitItsEncoderIsRefused() {
    StateDict narrow = without(SMALL.encoder(), "7."); // three stages: 64 channels, not 128

    assertRefused(
        narrow,
        SMALL.head(),
        "head.pth: Error(s) in loading state_dict for the head:",
        "size mismatch for 4.weight",
        "shape in current model is torch.Size([32, 256])");
  }

  @Test
  void aMissingStageInTheMiddleIsNoShallowerNetwork() {
    assertRefused(
        without(SMALL.encoder(), "6."), SMALL.head(), "Unexpected key(s)", "\"7.0.conv1.weight\"");
  }

  @Test
  void otherNetworksAreSaidToBeNoEncoderAndNoHead() {
    assertRefused(SMALL.head(), SMALL.head(), "head.pth: not a ResNet encoder", "0.weight");
    assertRefused(SMALL.encoder(), SMALL.encoder(), "encoder.pth: not a head", "2.weight");
  }

  @Test
  void aHeadWithoutALinearLayerIsNone() {
    StateDict norms = without(without(SMALL.head(), "4."), "8.");

    assertThat(TwinNetwork.isHead(norms)).isFalse();
    assertThat(TwinNetwork.isHead(with(norms, "4.bias", 2, 2))).isFalse();
    assertRefused(SMALL.encoder(), with(norms, "4.bias", 2, 2), "not a head");
  }

  @Test
  void layersWithoutChannelsAreRefused() {
    StateDict head =
        InMemory.stateDict(
            "head.pth", Map.of("4.weight", InMemory.tensor(new float[0], Shape.of(0, 512))));

    assertRefused(
        SMALL.encoder(), head, "head.pth: 4.weight: shape [0, 512] (expected: sizes >= 1)");
  }

  @ParameterizedTest
  @CsvSource({
    "7.0.conv1.weight, NaN, NaN as element 3 (expected: finite numbers)",
    "5.0.bn1.bias, Infinity, Infinity as element 3 (expected: finite numbers)",
    "5.0.bn2.running_var, -1, -1.0 as element 3 (expected: >= 0)"
  })
  void numbersThatWouldMakeEveryAnswerNaNAreRefused(
      String key, float value, String words, @TempDir Path directory) {
    Map<String, Tensor> changed = new LinkedHashMap<>(SMALL.encoder().tensors());
    Tensor sound = SMALL.encoder().find(key).orElseThrow();
    float[] values = sound.toFloats();
    values[3] = value;
    changed.put(key, InMemory.tensor(values, sound.shape()));
    StateDict encoder = InMemory.stateDict("encoder.pth", changed);
    TwinNetwork network = TwinNetwork.infer(encoder, SMALL.head());

    assertThatThrownBy(
            () -> network.write(directory.resolve("twin.pt"), Precision.FP32, OperatorSet.ATEN))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
        .hasMessage("encoder.pth: " + key + ": " + words);
  }
}
