package dev.sconce.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against what PyTorch's hooks see: scripts/golden/layers.py. */
class LayerModuleTest {
  private static final Path GOLDEN = Path.of("src/test/resources/layers");
  private static final Optional<Integer> GPU =
      TestDevice.get().isGpu() ? Optional.of(0) : Optional.empty();
  private static final int SIDE = 32;
  private static final int[] TARGETS = {3, LayerModule.LIKELIEST};

  @TempDir Path directory;

  private static LayerModule load(String file, String layer) {
    return load(GOLDEN.resolve(file), layer);
  }

  private static LayerModule load(Path file, String layer) {
    return new ScriptLoader(TestDevice.engine()).load(file, GPU, layer);
  }

  /** Two pictures, as the golden script makes them. */
  private static NDArray pictures(NDManager scope) {
    float[] values = new float[2 * 3 * SIDE * SIDE];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (i * 37 % 101 / 101.0 + i % 13 / 26.0) - 0.75f;
    }
    return scope.create(values, new Shape(2, 3, SIDE, SIDE));
  }

  @TestFactory
  Stream<DynamicTest> outputsActivationsAndGradientsAreThoseThatHooksSee() throws IOException {
    JsonNode golden = new ObjectMapper().readTree(GOLDEN.resolve("layers.json").toFile());
    List<DynamicTest> tests = new ArrayList<>();
    for (var network : golden.properties()) {
      for (JsonNode kind : network.getValue().get("kinds")) {
        String file = network.getKey() + "." + kind.textValue() + ".pt";
        for (JsonNode layer : network.getValue().get("layers")) {
          String name = layer.get("layer").textValue();
          tests.add(dynamicTest(file + " " + name, () -> check(file, network.getValue(), layer)));
        }
      }
    }
    return tests.stream();
  }

  private static void check(String file, JsonNode network, JsonNode layer) {
    try (LayerModule module = load(file, layer.get("layer").textValue())) {
      module
          .module()
          .compute(
              scope -> {
                NDArray input = pictures(scope);
                LayerModule.Gradients found = module.gradientsAt(scope, input, TARGETS);
                NDArray output = module.module().run("forward", scope, input).get(0);
                assertClose(output.toFloatArray(), network.get("output"), 1);
                assertClose(found.output().toFloatArray(), network.get("output"), 1);
                assertIs(found.activations(), layer.get("activations"));
                assertIs(found.gradients(), layer.get("gradients"));
                return scope;
              });
    }
  }

  private static void assertIs(NDArray array, JsonNode golden) {
    assertThat(golden.get("shape").valueStream().mapToLong(JsonNode::longValue).toArray())
        .containsExactly(array.getShape().getShape());
    double sum = array.abs().sum().getFloat();
    double expected = golden.get("sum").doubleValue();
    assertThat(sum).isCloseTo(expected, within(1e-5 * (1 + expected)));
    assertClose(array.toFloatArray(), golden.get("values"), golden.get("step").intValue());
  }

  private static void assertClose(float[] values, JsonNode expected, int step) {
    assertThat(expected).hasSize((values.length + step - 1) / step);
    for (int i = 0; i < expected.size(); i++) {
      double value = expected.get(i).doubleValue();
      assertThat((double) values[i * step]).isCloseTo(value, within(1e-5 * (1 + Math.abs(value))));
    }
  }

  @Test
  void severalThreadsGetTheirOwnGradients() throws Exception {
    try (LayerModule module = load("resnet.trace.pt", "layer4")) {
      ExecutorService threads = Executors.newFixedThreadPool(4);
      try {
        List<Future<?>> running = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
          int first = thread; // of the classes, so that no two threads ask for the same
          float[] expected = gradients(module, first);
          running.add(
              threads.submit(
                  () -> {
                    for (int i = 0; i < 50; i++) {
                      assertThat(gradients(module, first)).containsExactly(expected);
                    }
                  }));
        }
        for (Future<?> run : running) {
          run.get();
        }
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private static float[] gradients(LayerModule module, int target) {
    return module
        .module()
        .compute(
            scope ->
                module.gradientsAt(scope, pictures(scope), target, 4).gradients().toFloatArray());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resnet.trace.pt|layer5|no such layer (expected: one of conv1, bn1, relu, maxpool, layer1,",
        "resnet.script.pt|layer5|no such layer (expected: one of conv1, bn1, relu, maxpool, layer1,",
        "resnet.script.pt|layer4.2|no such layer (expected in layer4: one of 0, 1)",
        "resnet.script.pt|layer4.1.conv2.weight|no such layer (expected in layer4.1.conv2: none)",
        "resnet.script.pt|layer4..conv2|no such layer (expected in layer4: one of 0, 1)",
        "resnet.script.pt|''|no such layer (expected: one of conv1,",
        "vgg.trace.pt|features.60|no such layer (expected in features: one of 0, 1, 2,",
        "odd.script.pt|unused|forward never calls it (expected: once)",
        "odd.trace.pt|unused|forward never calls it (expected: once)",
        "odd.script.pt|blocks|forward never calls it (expected: once)",
        "odd.script.pt|pair|gives Tuple[Tensor, Tensor] (expected: Tensor)",
        "frozen.pt|stem|no such layer: the module has none (expected: a module saved before",
        "tuple.pt|x|no such layer: the module has none",
        "shared.trace.pt|b|forward never calls it (expected: once)",
      })
  void aLayerThatGivesNoGradientsIsRefused(String file, String layer, String reason) {
    assertRefused(() -> load(file, layer), layer + ": " + reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "odd.script.pt|twice|was called 2 times in one forward (expected: once)",
        "odd.trace.pt|twice|was called 2 times in one forward (expected: once)",
        "shared.trace.pt|a|was called 2 times in one forward (expected: once)",
        "whole.pt|index|gives int64 [2] (expected: floating point numbers)",
        "odd.script.pt|side|the output does not depend on it (expected:",
      })
  void whatOnlyARunShowsIsSaidByTheRun(String file, String layer, String reason) {
    try (LayerModule module = load(file, layer)) {
      assertRefused(
          () -> module.module().compute(s -> module.gradientsAt(s, pictures(s), TARGETS)),
          layer + ": " + reason);
    }
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
        .hasMessageStartingWith(message);
  }

  @Test
  void targetsThatDoNotFitAreNamed() {
    try (LayerModule module = load("resnet.trace.pt", "layer4")) {
      assertThatThrownBy(
              () -> module.module().compute(s -> module.gradientsAt(s, pictures(s), 1, 5)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("target: 5 (expected: 0 to 4, or -1 for the likeliest)");
      assertThatThrownBy(
              () -> module.module().compute(s -> module.gradientsAt(s, pictures(s), -2, 1)))
          .hasMessageStartingWith("target: -2 (expected:");
      assertThatThrownBy(() -> module.module().compute(s -> module.gradientsAt(s, pictures(s), 1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("targets: 1 for input float32 [2, 3, 32, 32] (expected:");
    }
  }

  @Test
  void aModuleThatTakesSomethingElseThanOneTensorIsRefused() throws IOException {
    Path file = directory.resolve("net.pt");
    ScriptFile.write(file, "x: Tensor,\n    y: int) -> Tensor", "return x");
    assertRefused(() -> load(file, "a"), "a: no such layer: the module has none");
  }

  @Test
  void aFileThatIsNoTorchScriptIsRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("net.pt"), "no zip file");
    assertRefused(() -> load(file, "layer4"), "net.pt: ");
  }
}
