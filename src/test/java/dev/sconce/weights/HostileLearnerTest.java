package dev.sconce.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Learners that fast.ai would not write, as pickles put together here, a character a byte. */
class HostileLearnerTest extends LearnerPickles {
  /** The command would leave a file, were it run. */
  @ParameterizedTest
  @CsvSource({"posix,system", "os,system", "subprocess,call", "builtins,eval", "__builtin__,exec"})
  void whatAPickleCallsIsNeverRun(String module, String name) throws IOException {
    Path trace = folder.resolve("trace");
    String call = "c%s\n%s\n(%st".formatted(module, name, text("touch " + trace)) + "R";
    String calledAgain = "c%s\n%s\n)R(%st".formatted(module, name, text("touch " + trace)) + "R";

    Learner learner =
        read(learner("cbs", call, "again", calledAgain, "model", WEIGHT)).orElseThrow();

    assertThat(trace).doesNotExist();
    assertThat(learner.weights().find("weight").orElseThrow().toFloats())
        .containsExactly(0.25f, 0.5f, 1f);
  }

  @Test
  void onlyALearnerIsReadThatFreely() throws IOException {
    assertThat(read(object("__main__", "Learner", "model", WEIGHT))).isEmpty();
    assertThat(read(dict("model", learner("model", WEIGHT)))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"N", "K\u0001", "}", "h\u0000"})
  void aLearnerWithoutAModelIsRefused(String model) {
    String itself = "cfastai.learner\nLearner\n)\u0081q\u0000" + dict("model", model) + "b";
    assertRefused(itself, "holds a fast.ai learner without a model (expected: one)");
    assertRefused(learner(), "holds a fast.ai learner without a model (expected: one)");
  }

  @Test
  void aModelWithoutTensorsIsRefused() {
    assertRefused(learner("model", module("_modules", "a", "N")), "holds no tensors");
    assertRefused(
        learner("model", module("_parameters", "a", "ctorch._utils\n_rebuild_qtensor\n)R")),
        "a is a quantized tensor (expected: a dense tensor of real numbers)");
  }

  /** Forty modules, each of which holds the one before twice: 2^40 paths. */
  @Test
  void modulesThatShareModulesAreBounded() {
    StringBuilder modules = new StringBuilder(WEIGHT + "q\u0000");
    for (int i = 0; i < 40; i++) {
      String before = "h" + (char) i;
      modules
          .append(object("torch.nn", "Module", "_modules", dict("a", before, "b", before)))
          .append("q" + (char) (i + 1));
    }
    assertRefused(
        learner("modules", "(" + modules + "t", "model", "h("),
        "modules and tensors: more than 65536 (expected: as many at most)");
  }

  @Test
  void aModuleInsideItselfIsRefused() {
    String itself =
        "ctorch.nn\nModule\n)\u0081q\u0000" + dict("_modules", dict("a", "h\u0000")) + "b";
    assertRefused(
        learner("model", itself),
        "module a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a");
  }

  @Test
  void namesOfModulesAreBounded() {
    assertRefused(
        learner("model", module("_modules", "a".repeat(Limits.NAME_LENGTH + 1), WEIGHT)),
        "module aaa");
  }

  /** One text, in a module that stands in many places, would be copied for each of them. */
  @Test
  void namesOfTensorsAreBounded() {
    String longest = "w".repeat(Limits.NAME_LENGTH - "a.".length());
    assertThatCode(
            () ->
                read(
                    learner(
                        "model", module("_modules", "a", module("_parameters", longest, TENSOR)))))
        .doesNotThrowAnyException();
    assertRefused(
        learner("model", module("_modules", "a", module("_buffers", longest + "w", TENSOR))),
        "tensor a.www");
  }

  @Test
  void classNamesThatBeginWithZerosTakeNoTime() {
    int characters = 9999;
    String name = "\0".repeat(4 * characters - 4) + "a\0\0\0";
    ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    length.putInt(300 * name.length());
    String data = "B" + new String(length.array(), StandardCharsets.ISO_8859_1) + name.repeat(300);
    String dtype = "cnumpy\ndtype\n" + text("U" + characters) + "\u0085R";
    String codes =
        "cnumpy.core.multiarray\n_reconstruct\n)R(K\u0001K\u0001\u0085"
            + dtype
            + "\u0089"
            + data
            + "tb";
    String transform = object("fastai.vision.core", "AddMaskCodes", "codes", codes);
    String pipeline = object("fastcore.transform", "Pipeline", "fs", "](" + transform + "e");
    String loader = object("fastai.data.core", "TfmdDL", "after_item", pipeline);
    String loaders = object("fastai.data.core", "DataLoaders", "loaders", "](" + loader + "e");

    Optional<Learner> learner =
        assertTimeoutPreemptively(
            Duration.ofSeconds(10), () -> read(learner("model", WEIGHT, "dls", loaders)));

    assertThat(learner.orElseThrow().classNames()).isEmpty(); // too long for names
  }

  @Test
  void aPickleOfTooManyStepsIsStopped() {
    assertRefused(
        learner("model", WEIGHT, "x", "N" + "N0".repeat(Limits.PICKLE_WORK / 2)),
        "the pickle takes too many steps (expected: <= 4194304)");
  }

  @Test
  void buffersThatAreNotSavedAreLeftOut() throws IOException {
    String buffers = dict("kept", TENSOR, "made", TENSOR, "none", "N");
    String set = "c__builtin__\nset\n](" + text("made") + "e\u0085R";
    String model = object("a", "B", "_buffers", buffers, "_non_persistent_buffers_set", set);

    assertThat(read(learner("model", model)).orElseThrow().weights().tensors())
        .containsOnlyKeys("kept");
  }

  @Test
  void aModelWrappedForTrainingIsUnwrapped() throws IOException {
    String inner = module("_modules", "conv", WEIGHT);
    String wrapped = module("_modules", "module", module("_modules", "_orig_mod", inner));

    Learner learner = read(learner("model", wrapped)).orElseThrow();

    assertThat(learner.weights().tensors()).containsOnlyKeys("conv.weight");
    assertThat(learner.modules()).containsOnlyKeys("", "conv");
  }

  /** The seed makes the same changes each time. */
  @ParameterizedTest
  @ValueSource(strings = {"learner.pkl", "learner-options.pkl", "learner-legacy.pkl"})
  void aChangedLearnerIsReadOrRefusedAndNothingElse(String name) throws IOException {
    byte[] original = Files.readAllBytes(Path.of("src/test/resources/unet").resolve(name));
    Random random = new Random(name.hashCode());
    int pickle = 60_000;
    for (int i = 0; i < 40; i++) {
      byte[] changed = Arrays.copyOf(original, original.length);
      for (int change = 0; change <= i % 4; change++) {
        changed[100 + random.nextInt(pickle)] = (byte) random.nextInt();
      }
      Path file = Files.write(folder.resolve("changed.pkl"), changed);
      try {
        Learner.find(file)
            .ifPresent(learner -> learner.weights().tensors().values().forEach(Tensor::toFloats));
      } catch (ServingException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL);
        assertThat(e.getMessage()).startsWith("changed.pkl: ");
      }
    }
  }
}
