package dev.sconce.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TorchModuleTest {
  private static final String SQUARE_GRADIENT =
      """
      y = torch.requires_grad_(x)
      g = torch.autograd.grad([torch.sum(torch.mul(y, y))], [y])
      return unchecked_cast(Tensor, g[0])""";

  private final Device device = TestDevice.get();
  @TempDir Path directory;

  private TorchModule module(String body) throws IOException {
    return TestDevice.engine().load(ScriptFile.write(directory.resolve("net.pt"), body), device);
  }

  private static float[] run(TorchModule module, float... x) {
    return module.compute(
        scope -> module.run("forward", scope, scope.create(x)).get(0).toFloatArray());
  }

  private static float[] runWithGradients(TorchModule module, float... x) {
    return module.compute(
        scope -> module.runWithGradients("forward", scope, scope.create(x)).get(0).toFloatArray());
  }

  @Test
  void aMethodIsRunWithAndWithoutGradients() throws IOException {
    try (TorchModule twice = module("return torch.add(x, x)");
        TorchModule gradient = module(SQUARE_GRADIENT)) {
      assertThat(run(twice, 1, 2, 3)).containsExactly(2, 4, 6);
      assertThat(runWithGradients(gradient, 1, 2, 3)).containsExactly(2, 4, 6);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ops.prim.RaiseException(\"AssertionError: told\") | AssertionError: told",
        "ops.prim.RaiseException(\"AssertionError: \")"
            + " | AssertionError: ops.prim.RaiseException(\"AssertionError: \")",
        "ops.prim.RaiseException(\"\") | Error: ops.prim.RaiseException(\"\")",
        "x = torch.view(x, [7]) | shape '[7]' is invalid for input of size 1",
      })
  void theReasonOfAFailureIsOneLine(String line, String reason) throws IOException {
    try (TorchModule module = module(line + "\nreturn x")) {
      assertThatThrownBy(() -> run(module, 1))
          .isInstanceOfSatisfying(
              EngineException.class, e -> assertThat(TorchModule.reason(e)).isEqualTo(reason));
    }
  }

  @Test
  void anErrorWithoutAMessageAndAPlaceIsStillNamed() {
    assertThat(TorchModule.reason(new EngineException("RuntimeError: AssertionError: \n")))
        .isEqualTo("AssertionError: without a message");
  }

  @Test
  void arraysComeFlatFromTuplesListsAndDictionaries() throws IOException {
    Path file = directory.resolve("net.pt");
    ScriptFile.write(
        file,
        "x: Tensor) -> Tuple[Tensor, List[Tensor], Dict[str, Tensor]]",
        "return (x, [torch.add(x, 1)], {\"b\": torch.add(x, 3), \"a\": torch.add(x, 2)})");
    try (TorchModule module = TestDevice.engine().load(file, device)) {
      List<Float> values =
          module.compute(
              scope ->
                  module.run("forward", scope, scope.create(1f)).stream()
                      .map(array -> array.getFloat())
                      .toList());
      assertThat(values).containsExactly(1f, 2f, 3f, 4f);
    }
  }

  @Test
  void whatIsNoArrayIsRefusedByItsType() throws IOException {
    Path file = directory.resolve("net.pt");
    ScriptFile.write(file, "x: Tensor) -> Tuple[Tensor, int]", "return (x, 1)");
    try (TorchModule module = TestDevice.engine().load(file, device)) {
      assertThatThrownBy(() -> run(module, 1))
          .isInstanceOf(ServingException.class)
          .hasMessage("forward gives int (expected: tensors, which may be in lists)");
      assertThatThrownBy(() -> runWithGradients(module, 1))
          .isInstanceOf(ServingException.class)
          .hasMessage("forward gives int (expected: tensors, which may be in lists)");
      assertThatThrownBy(() -> gradient(module, 1))
          .isInstanceOf(ServingException.class)
          .hasMessage("forward gives a list of 2, the first float32 [1] (expected: a tensor)");
    }
  }

  @Test
  void gradientsAreSwitchedOnForTheRunOnlyEvenIfItFails() throws IOException {
    boolean before = JniUtils.isGradMode();
    try {
      JniUtils.setGradMode(false);
      try (TorchModule gradient = module(SQUARE_GRADIENT);
          TorchModule failing = module("return torch.view(x, [7])")) {
        assertThat(runWithGradients(gradient, 5)).containsExactly(10);
        assertThat(JniUtils.isGradMode()).isFalse();
        assertThatThrownBy(() -> runWithGradients(failing, 5)).isInstanceOf(EngineException.class);
        assertThat(JniUtils.isGradMode()).isFalse();
      }
    } finally {
      JniUtils.setGradMode(before);
    }
  }

  private static Optional<List<Float>> gradient(TorchModule module, float... x) {
    return module.compute(
        scope ->
            module
                .gradient("forward", scope, scope.create(x), NDArray::sum)
                .map(
                    gradient ->
                        Arrays.stream(gradient.toArray()).map(Number::floatValue).toList()));
  }

  @Test
  void theGradientOfASumOfOutputsIsGivenForEachInput() throws IOException {
    try (TorchModule cube = module("return torch.mul(torch.mul(x, x), x)");
        TorchModule constant = module("return torch.round(torch.ones_like(x))")) {
      assertThat(gradient(cube, 1, 2, -3)).contains(List.of(3f, 12f, 27f));
      assertThat(gradient(constant, 1, 2)).isEmpty();
      assertThat(run(cube, 2)).containsExactly(8);
    }
  }

  @Test
  void gradientsAreRightFromSeveralThreadsAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (TorchModule cube = module("return torch.mul(torch.mul(x, x), x)")) {
      List<Future<?>> runs = new ArrayList<>();
      for (int thread = 1; thread <= 4; thread++) {
        float x = thread;
        runs.add(
            threads.submit(
                () -> {
                  for (int call = 0; call < 250; call++) {
                    assertThat(gradient(cube, x, 2 * x)).contains(List.of(3 * x * x, 12 * x * x));
                  }
                }));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void aFailedGradientLeavesTheThreadAsItWas() throws IOException {
    boolean before = JniUtils.isGradMode();
    try (TorchModule failing = module("return torch.view(x, [7])");
        TorchModule square = module("return torch.mul(x, x)")) {
      for (boolean mode : new boolean[] {false, true}) {
        JniUtils.setGradMode(mode);
        assertThatThrownBy(() -> gradient(failing, 5)).isInstanceOf(EngineException.class);
        assertThat(JniUtils.isGradMode()).isEqualTo(mode);
        assertThat(gradient(square, 5)).contains(List.of(10f));
        assertThat(JniUtils.isGradMode()).isEqualTo(mode);
      }
    } finally {
      JniUtils.setGradMode(before);
    }
  }

  @Test
  void whatAreNoFloatingPointNumbersHasNoGradient() throws IOException {
    try (TorchModule module = module("return x")) {
      assertThatThrownBy(
              () ->
                  module.compute(
                      scope ->
                          module.gradient(
                              "forward", scope, scope.create(new long[] {1, 2}), NDArray::sum)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("int64 [2] (expected: floating point numbers, which alone have a gradient)");
    }
  }

  @Test
  void whatDoesNotFitIntoMemoryIsSaidToBeSoAndTheModuleServesOn() throws IOException {
    try (TorchModule module =
        module("y = torch.expand(x, [1073741824, 1048576])\nreturn torch.add(y, 1)")) {
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> run(module, 1)).satisfies(TorchModuleTest::isOutOfMemory);
        assertThatThrownBy(() -> runWithGradients(module, 1))
            .satisfies(TorchModuleTest::isOutOfMemory);
      }
    }
  }

  /** Inputs and results take room, too, and they are made outside the module's methods. */
  @Test
  void whatDoesNotFitBesideTheMethodsIsOutOfMemoryToo() throws IOException {
    try (TorchModule module = module("return x")) {
      assertThatThrownBy(
              () ->
                  module.compute(
                      scope -> scope.zeros(new ai.djl.ndarray.types.Shape(1L << 30, 1 << 20))))
          .satisfies(TorchModuleTest::isOutOfMemory);
    }
  }

  private static void isOutOfMemory(Throwable e) {
    assertThat(e)
        .isInstanceOfSatisfying(
            ServingException.class, s -> assertThat(s.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY))
        .hasMessageContaining("out of memory on ");
  }

  @Test
  void otherFaultsOfAMethodAreLeftAsTheyAre() throws IOException {
    try (TorchModule module = module("return torch.view(x, [7])")) {
      assertThatThrownBy(() -> run(module, 1)).isInstanceOf(EngineException.class);
    }
  }

  @Test
  void allThatWasMadeInAComputationIsFreedEvenIfItFails() throws IOException {
    AtomicReference<NDManager> used = new AtomicReference<>();
    AtomicReference<NDArray> made = new AtomicReference<>();
    try (TorchModule module = module("return x")) {
      assertThatThrownBy(
              () ->
                  module.compute(
                      scope -> {
                        used.set(scope);
                        made.set(scope.create(1f));
                        throw new IllegalStateException("on purpose");
                      }))
          .hasMessage("on purpose");
    }
    NDManager scope = Objects.requireNonNull(used.get());
    NDArray array = Objects.requireNonNull(made.get());
    assertThat(scope.isOpen()).isFalse();
    assertThatThrownBy(array::toFloatArray).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aFileThatIsNoModuleIsTheModelsFault() throws IOException {
    Path file = Files.writeString(directory.resolve("net.pt"), "no zip file");

    assertThatThrownBy(() -> TestDevice.engine().load(file, device))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
        .hasMessageStartingWith("net.pt: libtorch cannot load it: ");
  }
}
