package dev.sconce.vision;

import dev.sconce.handler.Input;
import dev.sconce.network.GoldenTwin;
import dev.sconce.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The networks people have, in full size, from weights files and sample pictures (JPEG, progressive
 * JPEG, PNG, grey, CMYK) to logits and maps; expected values are PyTorch's, by {@code
 * scripts/golden/twin.py}.
 */
class FullSizeTwinTest {
  private static final Path PICTURES = Path.of("sample/pictures");
  private static final int ALONE = 3;

  @TempDir Path directory;

  static List<GoldenTwin> networks() {
    return GoldenTwin.read("full-size.json");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void logitsAndMapsAreThoseOfPyTorchAloneAndInABatch(GoldenTwin golden) throws Exception {
    SafetensorsWriter.write(directory.resolve("encoder.safetensors"), golden.encoder());
    SafetensorsWriter.write(directory.resolve("head.safetensors"), golden.head());
    try (VisionFixture fixture = new VisionFixture();
        TwinHandler handler = VisionFixture.twinHandler()) {
      handler.initialize(fixture.context(directory, Map.of()));
      // Alone is another batch size, not another way for each picture: a few show it.
      for (GoldenTwin.Pair pair : golden.pairs().subList(0, ALONE)) {
        assertAnswers(handler, List.of(pair));
      }
      assertAnswers(handler, golden.pairs());
    }
  }

  private static void assertAnswers(TwinHandler handler, List<GoldenTwin.Pair> pairs)
      throws IOException {
    List<TwinHandler.Pair> batch = new ArrayList<>();
    for (GoldenTwin.Pair pair : pairs) {
      batch.add(handler.preprocess(input(pair)));
    }
    List<List<Object>> answers = handler.inference(batch);
    for (int i = 0; i < pairs.size(); i++) {
      List<Object> answer = answers.get(i);
      int rows = (answer.size() - 2) / 2;
      pairs.get(i).assertLogits(floats(answer.subList(0, 2)));
      pairs
          .get(i)
          .assertMaps(
              floats(answer.subList(2, 2 + rows)), floats(answer.subList(2 + rows, answer.size())));
    }
  }

  private static Input input(GoldenTwin.Pair pair) throws IOException {
    return VisionFixture.input(
        Map.of(
            "left", PICTURES.resolve(pair.left()),
            "right", PICTURES.resolve(pair.right()),
            "cam", "True"));
  }

  /** Numbers and rows of numbers, flat. */
  private static List<Float> floats(List<Object> values) {
    List<Float> floats = new ArrayList<>();
    for (Object value : values) {
      if (value instanceof float[] row) {
        for (float number : row) {
          floats.add(number);
        }
      } else {
        floats.add((Float) value);
      }
    }
    return floats;
  }
}
