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
    List<TwinHandler.Judged> answers = handler.inference(batch);
    for (int i = 0; i < pairs.size(); i++) {
      TwinModule.Judgement answer = answers.get(i).judgement();
      pairs.get(i).assertLogits(answer.logits());
      pairs.get(i).assertMaps(flat(answer.leftMap()), flat(answer.rightMap()));
    }
  }

  private static Input input(GoldenTwin.Pair pair) throws IOException {
    return VisionFixture.input(
        Map.of(
            "left", PICTURES.resolve(pair.left()),
            "right", PICTURES.resolve(pair.right()),
            "cam", "True"));
  }

  private static List<Float> flat(List<float[]> rows) {
    List<Float> numbers = new ArrayList<>();
    for (float[] row : rows) {
      for (float number : row) {
        numbers.add(number);
      }
    }
    return numbers;
  }
}
