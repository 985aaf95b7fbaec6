package dev.sconce.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeyCheckTest {

  static List<Path> fitFiles() throws IOException {
    return GoldenFiles.weights("fit");
  }

  @ParameterizedTest
  @MethodSource("fitFiles")
  void saysWhatLoadStateDictSays(Path file) throws IOException {
    Map<String, Shape> expected = new LinkedHashMap<>();
    for (String line : Files.readAllLines(GoldenFiles.beside(file, ".keys"))) {
      String[] keyAndShape = line.split("\t");
      expected.put(keyAndShape[0], GoldenFiles.shape(keyAndShape[1]));
    }
    String message = Files.readString(GoldenFiles.beside(file, ".message"));
    String network = message.contains("for ResNet:") ? "ResNet" : "Sequential";
    StateDict weights = StateDict.read(file);

    if (message.isEmpty()) {
      assertThatCode(() -> KeyCheck.require(weights, network, expected)).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> KeyCheck.require(weights, network, expected))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
          .hasMessage(file.getFileName() + ": " + message);
    }
  }

  @Test
  void countersOfABatchNormalisationNeedNotBeListed() {
    StateDict weights =
        weights("running_mean", "num_batches_tracked", "bn.running_mean", "bn.num_batches_tracked");
    Map<String, Shape> expected =
        Map.of("running_mean", Shape.of(1), "bn.running_mean", Shape.of(1));

    assertThatCode(() -> KeyCheck.require(weights, "Net", expected)).doesNotThrowAnyException();
  }

  @Test
  void aCounterWithoutABatchNormalisationIsUnexpected() {
    StateDict weights = weights("fc.weight", "fc.num_batches_tracked");

    assertThatThrownBy(() -> KeyCheck.require(weights, "Net", Map.of("fc.weight", Shape.of(1))))
        .hasMessageContaining("Unexpected key(s) in state_dict: \"fc.num_batches_tracked\". ");
  }

  @Test
  void aLongListIsCutAndSaysSo() {
    String[] names = new String[Limits.LISTED_KEYS + 5];
    for (int i = 0; i < names.length; i++) {
      names[i] = "k" + i;
    }

    assertThatThrownBy(() -> KeyCheck.require(weights(names), "Net", Map.of()))
        .hasMessageEndingWith("\"k999\", and 5 more. ");
  }

  @Test
  void aKeyOfAMillionPartsIsNamedInBrief() {
    StateDict weights = weights("a.".repeat(1_000_000));

    assertThatThrownBy(() -> KeyCheck.require(weights, "Net", Map.of("a.b", Shape.of())))
        .hasMessageEndingWith("a.a.a....\". ");
  }

  private static StateDict weights(String... names) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : names) {
      tensors.put(name, Tensor.contiguous(DType.UINT8, Shape.of(1), ByteBuffer.allocate(1)));
    }
    return new StateDict("w.pth", tensors, Map.of());
  }
}
