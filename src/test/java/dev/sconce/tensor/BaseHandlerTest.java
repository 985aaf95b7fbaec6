package dev.sconce.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerContract;
import dev.sconce.handler.HandlerFixture;
import dev.sconce.handler.Input;
import dev.sconce.torch.ScriptLoader;
import dev.sconce.torch.TestDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The contract, and what is refused; {@code EnvelopeTest} compares answers with TorchServe's. The
 * models are those of {@code scripts/golden/envelopes.py}.
 */
class BaseHandlerTest extends HandlerContract<JsonTensor, Object> {
  private static final Path MODELS = Path.of("src/test/resources/envelope");
  @TempDir Path directory;

  @Override
  protected BaseHandler newHandler() {
    return new BaseHandler(new ScriptLoader(TestDevice.engine()));
  }

  @BeforeEach
  void copyModel() throws IOException {
    Files.copy(MODELS.resolve("linear.pt"), directory.resolve("linear.pt"));
  }

  @Override
  protected Path model() {
    return directory;
  }

  @Override
  protected List<Input> requests() throws IOException {
    return List.of(
        body("[1.0, 2, 3, 4]"),
        body("[[1, 2, 3, 4], [5, 6, 7, 8.5]]"),
        body("[-1, 0.25, 0, 1e3]"),
        HandlerFixture.input(Map.of("data", "[0.5, 0.5, 0.5, 0.5]")));
  }

  private static Input body(String json) throws IOException {
    return HandlerFixture.input(Map.of("body", json));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1, [2]]           | body[1]: a list (expected: a number, true or false)",
        "[[1, 2], [3]]      | body[1]: a list of 1 (expected: 2, as in the first one)",
        "[[1, 2], 3]        | body[1]: 3 (expected: a list of 2)",
        "[[1, 2], [3, 'x']] | body[1][1]: \"x\" (expected: a number, true or false)",
        "[1, null]          | body[1]: null (expected: a number, true or false)",
        "{'a': 1}           | body: an object (expected: a number, true or false)",
        "[9223372036854775808] | body[0]: 9223372036854775808 (expected: INT64: a whole number from -9223372036854775808 to 9223372036854775807)",
        "[1, 2              | body: no JSON at line 1, column 6 (expected: JSON lists of numbers)"
      })
  void whatIsNoTensorIsABadRequestNamingThePlace(String json, String message) throws Exception {
    try (Handler<JsonTensor, Object> handler = newHandler()) {
      assertBadRequest(() -> handler.preprocess(body(json.replace('\'', '"'))), message);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UINT8 | [1, 256]  | body[1]: 256 (expected: UINT8: a whole number from 0 to 255)",
        "INT32 | [2.5]     | body[0]: 2.5 (expected: INT32: a whole number from -2147483648 to 2147483647)",
        "UINT64| [[1],[-1]]| body[1][0]: -1 (expected: UINT64: a whole number from 0 to 9223372036854775807)",
        "BOOL  | [true, 2] | body[1]: 2 (expected: BOOL: a whole number from 0 to 1)",
        "FP8   | [1]       | datatype: FP8 (expected: one of BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FP16, FP32, FP64)"
      })
  void whatDoesNotFitTheDeclaredTypeIsABadRequest(String type, String json, String message)
      throws Exception {
    try (Handler<JsonTensor, Object> handler = newHandler()) {
      Input input = HandlerFixture.input(Map.of("body", json, "datatype", type));
      assertBadRequest(() -> handler.preprocess(input), message);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "BOOL,11",
    "UINT8,0",
    "INT8,1",
    "INT16,3",
    "UINT16,3",
    "INT32,3",
    "UINT32,4",
    "INT64,4",
    "UINT64,4",
    "FP16,5",
    "FP32,6",
    "FP64,7"
  })
  void theModelSeesTheDeclaredTypeOrTheNextLargerOneThatDjlHas(String type, int torchNumber)
      throws Exception {
    try (HandlerFixture fixture = new HandlerFixture();
        BaseHandler handler = newHandler()) {
      handler.initialize(fixture.context(MODELS, Optional.of("sees.pt"), Map.of()));
      Input input = HandlerFixture.input(Map.of("body", "[[1], [0]]", "datatype", type));
      List<Object> rows = handler.inference(List.of(handler.preprocess(input)));
      assertThat((long[]) rows.get(0)).containsExactly(torchNumber, 1, 2, 1);
    }
  }

  @Test
  void whatTheModelRefusesIsABadRequestThatSaysWhatItWasGivenAndWhy() throws Exception {
    try (HandlerFixture fixture = new HandlerFixture();
        BaseHandler handler = newHandler()) {
      handler.initialize(fixture.context(directory, Map.of()));
      assertBadRequest(
          () -> handler.inference(List.of(handler.preprocess(body("[1.5, 2, 3]")))),
          "the model refuses a batch of 1 of FP32 [3]: mat1 and mat2 shapes cannot be multiplied (1x3 and 4x3)");
      assertBadRequest(
          () -> handler.inference(List.of(handler.preprocess(body("[1, 2, 3, 4]")))),
          "the model refuses a batch of 1 of INT64 [4]: mat1 and mat2 must have the same dtype, but got Long and Float");
    }
  }

  @Test
  void requestsOfOtherSizesAndTypesRunBesideEachOther() throws Exception {
    try (HandlerFixture fixture = new HandlerFixture();
        BaseHandler handler = newHandler()) {
      handler.initialize(fixture.context(MODELS, Optional.of("sees.pt"), Map.of()));
      List<Object> rows =
          handler.inference(
              List.of(
                  handler.preprocess(body("[1, 2]")),
                  handler.preprocess(body("[1, 2, 3]")),
                  handler.preprocess(body("[3, 4]")),
                  handler.preprocess(body("[3, 4.5]"))));
      assertThat(rows)
          .containsExactly(
              new long[] {4, 2, 2},
              new long[] {4, 1, 3},
              new long[] {4, 2, 2},
              new long[] {6, 1, 2});
    }
  }

  @Test
  void aModelWithoutARowForEachRequestIsTheModelsFault() throws Exception {
    try (HandlerFixture fixture = new HandlerFixture();
        BaseHandler handler = newHandler()) {
      handler.initialize(fixture.context(MODELS, Optional.of("types.pt"), Map.of()));
      List<JsonTensor> two =
          List.of(handler.preprocess(body("[11, 1.5]")), handler.preprocess(body("[11, 2.5]")));
      assertThatThrownBy(() -> handler.inference(two))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL))
          .hasMessage("the model answers [] to a batch of 2 (expected: a row for each)");
    }
  }

  @Test
  void aFileThatIsNoTorchScriptIsRefusedSayingWhatIsExpected() throws Exception {
    Path file = Files.writeString(directory.resolve("linear.pt"), "no module");
    try (HandlerFixture fixture = new HandlerFixture();
        BaseHandler handler = newHandler()) {
      assertThatThrownBy(() -> handler.initialize(fixture.context(directory, Map.of())))
          .hasMessageStartingWith(file.getFileName() + ": libtorch cannot load it")
          .hasMessageEndingWith("(expected: a TorchScript file, as torch.jit.save writes it)");
      Optional<String> gone = Optional.of("gone.pt");
      assertThatThrownBy(() -> handler.initialize(fixture.context(directory, gone, Map.of())))
          .hasMessageStartingWith(
              "found: linear.pt (expected: the manifest's serializedFile gone.pt)");
      Files.copy(MODELS.resolve("sees.pt"), directory.resolve("other.pt"));
      assertThatThrownBy(() -> handler.initialize(fixture.context(directory, Map.of())))
          .hasMessageStartingWith(
              "found: linear.pt, other.pt (expected: one .pt, .pth, .bin or .safetensors file");
    }
  }

  private static void assertBadRequest(ThrowingCall call, String message) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
        .hasMessage(message);
  }

  private interface ThrowingCall {
    void run() throws Exception;
  }
}
