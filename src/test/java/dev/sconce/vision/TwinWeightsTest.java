package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.network.GoldenTwin;
import dev.sconce.weights.InMemory;
import dev.sconce.weights.SafetensorsWriter;
import dev.sconce.weights.Shape;
import dev.sconce.weights.StateDict;
import dev.sconce.weights.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TwinWeightsTest {
  private static final GoldenTwin SMALL =
      GoldenTwin.read("other-shapes.json").stream()
          .filter(golden -> golden.toString().equals("basic16"))
          .findFirst()
          .orElseThrow();

  @TempDir Path directory;

  private void write(String name, StateDict weights) throws IOException {
    SafetensorsWriter.write(directory.resolve(name), weights);
  }

  @Test
  void twoFilesOfWhateverNamesAreToldApartByTheirKeys() throws IOException {
    write("a.safetensors", SMALL.head());
    write("b.bin", SMALL.encoder());
    Files.writeString(directory.resolve("labels.txt"), "same");

    TwinWeights weights = TwinWeights.in(directory);

    assertThat(weights.areComplete()).isTrue();
    assertThat(weights.found())
        .isEqualTo("a.safetensors (a head); b.bin (a ResNet encoder); labels.txt");
    assertThat(weights.network().classes()).isEqualTo(2);
  }

  @Test
  void oneFileMayHoldBothUnderTheirPrefixes() throws IOException {
    Map<String, Tensor> both = new LinkedHashMap<>();
    SMALL.encoder().tensors().forEach((key, tensor) -> both.put("encoder." + key, tensor));
    SMALL.head().tensors().forEach((key, tensor) -> both.put("head." + key, tensor));
    write("twin.safetensors", InMemory.stateDict("twin.safetensors", both));

    assertThat(TwinWeights.in(directory).network().classes()).isEqualTo(2);
  }

  @Test
  void whatIsMissingOrTooMuchIsNamedWithAllThatWasFound() throws IOException {
    write("other.safetensors", InMemory.stateDict("o", Map.of("x", tensor(1))));
    Files.writeString(directory.resolve("broken.pth"), "nothing of the kind");
    assertRefused(
        "twin: 0 files hold encoder weights (expected: 1); found: broken.pth: begins with",
        "other.safetensors (weights of another network, 1 keys)");

    write("a.safetensors", SMALL.encoder());
    write("b.safetensors", SMALL.encoder());
    assertRefused("twin: 2 files hold encoder weights (expected: 1)");
  }

  private static Tensor tensor(int size) {
    return InMemory.tensor(new float[size], Shape.of(size));
  }

  private void assertRefused(String... words) {
    TwinWeights weights = TwinWeights.in(directory);
    assertThat(weights.areComplete()).isFalse();
    assertThatThrownBy(weights::network)
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
        .hasMessageContainingAll(words);
  }
}
