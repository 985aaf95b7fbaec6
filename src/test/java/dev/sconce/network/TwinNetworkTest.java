package dev.sconce.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.torch.TestDevice;
import dev.sconce.torch.TorchModule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Expected values are PyTorch's, by {@code scripts/golden/twin.py}. */
class TwinNetworkTest {
  private static final int SEVERAL_THREADS = 4;

  /** libtorch changes its plan for a method at the second call and at new sizes. */
  private static final int OFTEN = 12;

  private final Device device = TestDevice.get();
  @TempDir Path directory;

  static List<GoldenTwin> otherShapes() {
    return GoldenTwin.read("other-shapes.json");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("otherShapes")
  void logitsAndMapsAreThoseOfPyTorchWithEveryOperatorSet(GoldenTwin golden) throws IOException {
    TwinNetwork network = golden.network();
    for (OperatorSet operators : operatorSets()) {
      try (TorchModule module = load(network, Precision.FP32, operators)) {
        assertAnswersAsPyTorch(module, golden, golden.pairs());
      }
    }
  }

  @Test
  void explainingOftenFromSeveralThreadsInBatchesOfAnySizeGivesTheSameMaps() throws Exception {
    GoldenTwin golden = otherShape("basic16");
    ExecutorService threads = Executors.newFixedThreadPool(SEVERAL_THREADS);
    try (TorchModule module = load(golden.network(), Precision.FP32, operatorSets().get(0))) {
      List<Future<?>> runs = new ArrayList<>();
      for (int i = 0; i < SEVERAL_THREADS; i++) {
        runs.add(threads.submit(() -> explainOften(module, golden)));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  private static void explainOften(TorchModule module, GoldenTwin golden) {
    for (int i = 0; i < OFTEN; i++) {
      List<GoldenTwin.Pair> batch = new ArrayList<>();
      for (int size = 0; size <= i % 3; size++) {
        batch.addAll(golden.pairs());
      }
      assertAnswersAsPyTorch(module, golden, batch.subList(i % 2, batch.size()));
    }
  }

  /** With the operators that serve; that the others answer alike, fewer pictures show. */
  @Test
  void labelsDoNotFlipOverAThousandPairs() throws IOException {
    JsonNode json =
        new ObjectMapper()
            .readTree(Path.of("src/test/resources/twin/thousand-pairs.json").toFile());
    GoldenTwin golden = GoldenTwin.read("thousand-pairs.json").get(0);
    List<OperatorSet> sets = operatorSets();
    OperatorSet served = sets.get(sets.size() - 1);
    try (TorchModule module = load(golden.network(), Precision.FP32, served)) {
      IntStream.range(0, 50)
          .parallel()
          .map(batch -> 20 * batch)
          .forEach(start -> assertLabels(logits(module, golden, start, 20), json, start));
    }
  }

  private static void assertLabels(float[] logits, JsonNode golden, int start) {
    for (int i = 0; i < 20; i++) {
      JsonNode expected = golden.get("logits").get(start + i);
      assertThat(logits[2 * i] < logits[2 * i + 1])
          .as("pair %d is the same", start + i)
          .isEqualTo(expected.get(0).asDouble() < expected.get(1).asDouble());
    }
  }

  /** Picture {@code p<i>} beside {@code p<i + 1>}, the last beside the first. */
  private static float[] logits(TorchModule module, GoldenTwin golden, int start, int count) {
    List<String> names =
        IntStream.concat(
                IntStream.range(start, start + count),
                IntStream.rangeClosed(start + 1, start + count))
            .mapToObj(i -> "p" + i % 1000)
            .toList();
    return module.compute(
        scope -> {
          NDArray pictures = FormulaPictures.of(names, golden.height(), golden.width(), scope);
          return module.run(Methods.FORWARD, scope, pictures).get(0).toFloatArray();
        });
  }

  @Test
  void mapsAreTheClosedFormOfTheGradient() throws IOException {
    GoldenTwin golden = otherShape("basic16");
    ClosedForm closedForm = new ClosedForm(golden.head());
    List<String> names = IntStream.range(0, 40).mapToObj(i -> "closed" + i).toList();
    try (TorchModule module = load(golden.network(), Precision.FP32, operatorSets().get(0))) {
      int checked =
          module.compute(
              scope -> {
                NDList answer = answer(module, golden, names, scope);
                for (int i = 0; i < names.size() / 2; i++) {
                  closedForm.assertMaps(answer.get(1).get(i), answer.get(2).get(i));
                }
                return names.size() / 2;
              });
      assertThat(checked).isEqualTo(20);
    }
  }

  /** Logits, features and maps of the named pictures: the left ones, then the right ones. */
  private static NDList answer(
      TorchModule module, GoldenTwin golden, List<String> names, NDManager scope) {
    NDArray pictures = FormulaPictures.of(names, golden.height(), golden.width(), scope);
    NDList answer = module.run(Methods.FORWARD, scope, pictures);
    answer.addAll(module.runWithGradients(TwinNetwork.EXPLAIN, scope, answer.get(1)));
    return answer;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("operatorSets")
  void bfloat16ChangesLogitsLittle(OperatorSet operators) throws IOException {
    GoldenTwin golden = otherShape("basic16");
    try (TorchModule exact = load(golden.network(), Precision.FP32, operators);
        TorchModule rounded = load(golden.network(), Precision.BF16, operators)) {
      float[] expected = logits(exact, golden, 0, 16);
      float[] actual = logits(rounded, golden, 0, 16);
      assertThat(actual).isNotEqualTo(expected);
      float allowed = 0.03f * largest(expected); // 8 bits of mantissa, a dozen layers
      for (int i = 0; i < expected.length; i++) {
        assertThat(actual[i]).isBetween(expected[i] - allowed, expected[i] + allowed);
      }
    }
  }

  private static float largest(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static GoldenTwin otherShape(String name) {
    return otherShapes().stream()
        .filter(golden -> golden.toString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** oneDNN computes on the CPU only. */
  static List<OperatorSet> operatorSets() {
    return TestDevice.get().isGpu() ? List.of(OperatorSet.ATEN) : List.of(OperatorSet.values());
  }

  private TorchModule load(TwinNetwork network, Precision precision, OperatorSet operators)
      throws IOException {
    Path file = directory.resolve("twin.pt");
    network.write(file, precision, operators);
    return LoadedNetwork.load(file, device, operators, new Shape(2, 96, 160, 3));
  }

  private static void assertAnswersAsPyTorch(
      TorchModule module, GoldenTwin golden, List<GoldenTwin.Pair> pairs) {
    List<String> names =
        Stream.concat(
                pairs.stream().map(GoldenTwin.Pair::left),
                pairs.stream().map(GoldenTwin.Pair::right))
            .toList();
    int checked =
        module.compute(
            scope -> {
              NDList answer = answer(module, golden, names, scope);
              for (int i = 0; i < pairs.size(); i++) {
                NDArray maps = answer.get(2).get(i);
                pairs.get(i).assertLogits(floats(answer.get(0).get(i)));
                pairs.get(i).assertMaps(floats(maps.get(0)), floats(maps.get(1)));
              }
              return pairs.size();
            });
    assertThat(checked).isPositive();
  }

  private static List<Float> floats(NDArray array) {
    List<Float> values = new ArrayList<>();
    for (float value : array.toFloatArray()) {
      values.add(value);
    }
    return values;
  }
}
