package dev.sconce.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.torch.TestDevice;
import dev.sconce.torch.TorchModule;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Expected values are PyTorch's, by {@code scripts/golden/twin.py}. */
class TwinNetworkTest {
  private static final Path GOLDEN = Path.of("src/test/resources/twin");
  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

  private final Device device = TestDevice.get();
  @TempDir Path directory;

  static Stream<Arguments> networks() throws IOException {
    JsonNode cases = new ObjectMapper().readTree(GOLDEN.resolve("other-shapes.json").toFile());
    return cases.valueStream().map(golden -> Arguments.of(golden.get("network").asText(), golden));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void logitsAndMapsAreThoseOfPyTorchWithEveryOperatorSet(String name, JsonNode golden)
      throws IOException {
    TwinNetwork network = network(golden);
    for (OperatorSet operators : operatorSets()) {
      Path file = directory.resolve("twin.pt");
      network.write(file, Precision.FP32, operators);
      try (TorchModule module = TorchModule.load(file, device)) {
        assertAnswersAsPyTorch(module, golden);
      }
    }
  }

  /** oneDNN computes on the CPU only. */
  private List<OperatorSet> operatorSets() {
    return device.isGpu() ? List.of(OperatorSet.ATEN) : List.of(OperatorSet.values());
  }

  private static TwinNetwork network(JsonNode golden) {
    String lastNorm = golden.get("lastNorm").asText();
    return TwinNetwork.infer(
        Formula.stateDict("encoder.pth", golden.get("encoder"), "encoder.", lastNorm),
        Formula.stateDict("head.pth", golden.get("head"), "head.", "bn2"));
  }

  private static void assertAnswersAsPyTorch(TorchModule module, JsonNode golden) {
    try (NDManager scope = module.newScope()) {
      NDList answer = module.run(TwinNetwork.FORWARD, scope, pictures(golden, scope));
      NDArray maps = module.runWithGradients(TwinNetwork.EXPLAIN, scope, answer.get(1)).get(0);
      for (int i = 0; i < golden.get("pairs").size(); i++) {
        JsonNode pair = golden.get("pairs").get(i);
        assertClose(answer.get(0).get(i), floats(pair.get("logits")), 1);
        assertClose(maps.get(i).get(0), floats(pair.get("leftMap")), 0);
        assertClose(maps.get(i).get(1), floats(pair.get("rightMap")), 0);
      }
    }
  }

  /** Within 1e-4 of the larger of {@code least} and the largest expected value. */
  private static void assertClose(NDArray actual, float[] expected, float least) {
    float largest = least;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    float[] values = actual.toFloatArray();
    assertThat(values).hasSameSizeAs(expected);
    for (int i = 0; i < values.length; i++) {
      assertThat(values[i]).isCloseTo(expected[i], Offset.offset(1e-4f * largest));
    }
  }

  /**
   * All left pictures, then all right ones, normalised; the golden pictures need no resizing here.
   */
  private static NDArray pictures(JsonNode golden, NDManager scope) {
    int height = golden.get("imageSize").get(0).asInt();
    int width = golden.get("imageSize").get(1).asInt();
    List<String> names = new ArrayList<>();
    golden.get("pairs").forEach(pair -> names.add(pair.get("left").asText()));
    golden.get("pairs").forEach(pair -> names.add(pair.get("right").asText()));
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(names.size() * height * width * 3 * 4)
            .order(ByteOrder.nativeOrder());
    FloatBuffer floats = bytes.asFloatBuffer();
    for (String name : names) {
      byte[] picture = Formula.picture(name, height, width);
      for (int i = 0; i < picture.length; i++) {
        floats.put(((picture[i] & 0xff) / 255f - MEAN[i % 3]) / DEVIATION[i % 3]);
      }
    }
    return scope.create(bytes, new Shape(names.size(), height, width, 3), DataType.FLOAT32);
  }

  private static float[] floats(JsonNode node) {
    List<Float> values = new ArrayList<>();
    flatten(node, values);
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return floats;
  }

  private static void flatten(JsonNode node, List<Float> values) {
    if (node.isArray()) {
      node.forEach(child -> flatten(child, values));
    } else {
      values.add((float) node.asDouble());
    }
  }
}
