package dev.sconce.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.network.DynamicUnet.Options;
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

/** Weights that make no U-Net, and what is said of them. */
class RefusedUnetsTest {
  private static StateDict weights(String name) {
    return GoldenUnet.narrow(name).weights();
  }

  private static StateDict with(StateDict weights, String key, Shape shape, float... values) {
    Map<String, Tensor> changed = new LinkedHashMap<>(weights.tensors());
    changed.put(key, InMemory.tensor(values, shape));
    return InMemory.stateDict(weights.fileName(), changed);
  }

  private static StateDict zeros(StateDict weights, String key, long... sizes) {
    Shape shape = Shape.of(sizes);
    return with(weights, key, shape, new float[(int) shape.elementCount()]);
  }

  private static StateDict without(StateDict weights, String prefix) {
    Map<String, Tensor> changed = new LinkedHashMap<>(weights.tensors());
    changed.keySet().removeIf(key -> key.startsWith(prefix));
    return InMemory.stateDict(weights.fileName(), changed);
  }

  private static void assertRefused(StateDict weights, String... words) {
    assertThatThrownBy(() -> DynamicUnet.infer(weights, Options.DEFAULT))
        .isInstanceOfSatisfying(
            ServingException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL);
              assertThat(e).hasMessageContainingAll(words);
            });
  }

  @Test
  void everyKeyAndShapeThatDoesNotFitIsNamedAtOnce() {
    StateDict broken = without(weights("plain"), "layers.0.5.0.bn2.bias");
    broken = without(broken, "layers.3.0.0.bias");
    broken = zeros(broken, "layers.6.conv1.0.weight", 8, 8, 3, 3);
    broken = zeros(broken, "layers.9.weight", 1);

    assertRefused(
        broken,
        "unet.pth: Error(s) in loading state_dict for DynamicUnet, a ResNet, basic blocks 1-2-1-1,"
            + " 64 channels:",
        "Missing key(s) in state_dict: \"layers.0.5.0.bn2.bias\", \"layers.3.0.0.bias\". ",
        "Unexpected key(s) in state_dict: \"layers.9.weight\". ",
        "size mismatch for layers.6.conv1.0.weight: copying a param with shape torch.Size([8, 8, 3,"
            + " 3]) from checkpoint, the shape in current model is torch.Size([32, 32, 3, 3]).");
  }

  @ParameterizedTest
  @CsvSource({
    "Batch, layers.12.1.running_mean",
    "Weight, layers.8.0.0.weight_g",
    "parametrized Weight, layers.11.convpath.1.0.parametrizations.weight.original0",
    "self-attention, layers.5.conv2.2.query.0.weight_u",
    "plain, layers.12.0.bias",
    "three stages, layers.1.weight"
  })
  void oneKeyLessIsAMissingKey(String name, String key) {
    assertRefused(without(weights(name), key), "Missing key(s) in state_dict: \"" + key + "\". ");
  }

  @Test
  void attentionInAnotherBlockIsNotPassedOver() {
    StateDict moved = zeros(weights("plain"), "layers.6.conv2.2.gamma", 1);

    assertRefused(moved, "Unexpected key(s) in state_dict: \"layers.6.conv2.2.gamma\". ");
  }

  @Test
  void aNetworkWithoutALastLayerHasNoClasses() {
    assertRefused(
        without(weights("plain"), "layers.12."),
        "Missing key(s) in state_dict: \"layers.12.0.bias\", \"layers.12.0.weight\". ");
  }

  @Test
  void moreClassesThanAByteHoldsAreRefused() {
    StateDict many = zeros(weights("no last_cross"), "layers.10.0.weight", 257, 12, 1, 1);
    many = zeros(many, "layers.10.0.bias", 257);

    assertRefused(many, "unet.pth: layers.10: 257 classes (expected: <= 256)");
  }

  @Test
  void otherNetworksAreSaidToBeNone() {
    StateDict encoder = weights("plain").sub("layers.0.");

    assertThat(DynamicUnet.recognises(encoder)).isFalse();
    assertThat(DynamicUnet.recognises(weights("plain"))).isTrue();
    assertRefused(encoder, "unet.pth: not a fast.ai DynamicUnet over a ResNet: no layers.0.0.w");
  }

  @ParameterizedTest
  @CsvSource({
    "plain, layers.12.0.weight, NaN, NaN as element 0 (expected: finite numbers)",
    "Batch, layers.4.shuf.0.1.running_var, -1, -1.0 as element 0 (expected: >= 0)",
    "self-attention, layers.5.conv2.2.gamma, Infinity, Infinity as element 0 (expected: finite"
        + " numbers)"
  })
  void numbersThatWouldMakeEveryAnswerNaNAreRefused(
      String name, String key, float value, String words, @TempDir Path directory) {
    StateDict weights = weights(name);
    Tensor sound = weights.find(key).orElseThrow();
    float[] values = sound.toFloats();
    values[0] = value;
    DynamicUnet network =
        DynamicUnet.infer(with(weights, key, sound.shape(), values), Options.DEFAULT);

    assertThatThrownBy(
            () -> network.write(directory.resolve("unet.pt"), Precision.FP32, OperatorSet.ATEN))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
        .hasMessage("unet.pth: " + key + ": " + words);
  }

  @Test
  void weightsWithoutADirectionOrASingularValueAreRefused(@TempDir Path directory) {
    assertNotWritten(directory, "Weight", "layers.3.0.0.weight_v", "only zeros for output 0");
    assertNotWritten(directory, "self-attention", "layers.5.conv2.2.key.0.weight_orig", "u' W v =");
  }

  private static void assertNotWritten(Path directory, String name, String key, String words) {
    StateDict weights = weights(name);
    long[] sizes =
        weights.find(key).orElseThrow().shape().sizes().stream()
            .mapToLong(Long::longValue)
            .toArray();
    DynamicUnet network = DynamicUnet.infer(zeros(weights, key, sizes), Options.DEFAULT);

    assertThatThrownBy(
            () -> network.write(directory.resolve("unet.pt"), Precision.FP32, OperatorSet.ATEN))
        .hasMessageContaining("unet.pth: " + key + ": " + words);
  }
}
