package dev.sconce.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerContract;
import dev.sconce.handler.HandlerFixture;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.handler.Part;
import dev.sconce.torch.ScriptFile;
import dev.sconce.torch.ScriptLoader;
import dev.sconce.torch.TestDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Answers to the byte, as AWS's own handler gave them, and what is refused where that one fails.
 */
class DefaultInferenceHandlerTest extends HandlerContract<NumberTensor, Prediction> {
  private static final ScriptLoader SCRIPTS = new ScriptLoader(TestDevice.engine());
  private static final String JSON = "application/json";
  private static final String CSV = "text/csv";
  @TempDir Path directory;
  @TempDir Path served;

  @Override
  protected DefaultInferenceHandler newHandler() {
    return new DefaultInferenceHandler(SCRIPTS, TensorHandlers.DEFAULT_ACCEPT);
  }

  @BeforeEach
  void copyModel() throws IOException {
    Files.copy(AwsCase.DIRECTORY.resolve("scale.pt"), served.resolve("model.pt"));
  }

  @Override
  protected Path model() {
    return served;
  }

  @Override
  protected List<Input> requests() throws IOException {
    return List.of(
        request("[1.0, 2, 3, 4]", JSON, JSON),
        request("1,2\n3,4", CSV, JSON),
        HandlerFixture.input(Map.of("body", "[[[0.5]]]")),
        HandlerFixture.input(Map.of("data", "[7]")));
  }

  private void copy(String from, String to) throws IOException {
    Files.copy(AwsCase.DIRECTORY.resolve(from), directory.resolve(to));
  }

  private static Input request(String body, String contentType, String accept) throws IOException {
    return request(body.getBytes(StandardCharsets.UTF_8), contentType, Optional.of(accept));
  }

  private static Input request(byte[] body, String contentType, Optional<String> accept)
      throws IOException {
    Input plain =
        HandlerFixture.input(
            Map.of(), accept.map(value -> Map.of("Accept", value)).orElse(Map.of()));
    Part part = new Part(ByteBuffer.wrap(body), contentType, Optional.empty());
    return new Input("id", Map.of("body", part), plain.headers(), plain.deadline());
  }

  @TestFactory
  Stream<DynamicTest> answersAreAwsOwn() throws IOException {
    return AwsCase.all().stream().map(c -> dynamicTest(c.toString(), () -> check(c)));
  }

  private static void check(AwsCase aws) throws Exception {
    try (HandlerFixture fixture = new HandlerFixture();
        Handler<NumberTensor, Prediction> handler =
            new DefaultInferenceHandler(SCRIPTS, aws.defaultAccept())) {
      handler.initialize(fixture.context(AwsCase.DIRECTORY, Optional.of(aws.model()), Map.of()));
      Output.Answer answer =
          answer(handler, request(aws.bodyBytes(), aws.contentType(), aws.accept()));
      assertThat(text(answer)).isEqualTo(aws.answer());
      assertThat(answer.headers()).containsExactly(Map.entry("content-type", aws.answerType()));
    }
  }

  private static Output.Answer answer(Handler<NumberTensor, Prediction> handler, Input request)
      throws Exception {
    Prediction prediction = handler.inference(List.of(handler.preprocess(request))).get(0);
    return (Output.Answer) handler.postprocess(request, prediction);
  }

  private static String text(Output.Answer answer) {
    return StandardCharsets.ISO_8859_1.decode(answer.body().duplicate()).toString();
  }

  private String answered(String model, Input request) throws Exception {
    try (HandlerFixture fixture = new HandlerFixture();
        DefaultInferenceHandler handler = newHandler()) {
      handler.initialize(fixture.context(AwsCase.DIRECTORY, Optional.of(model), Map.of()));
      Output.Answer answer = answer(handler, request);
      return answer.headers().get("content-type") + " " + text(answer);
    }
  }

  /** Where AWS's handler fails, or answers what happened to be in memory. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "5                        | application/json | 5.0",
        "0                        | application/json | 0.0",
        "[18446744073709551615]   | application/json | [1.8446744073709552e+19]",
        "1                        | text/csv         | 1.0",
        "1.5,2,,nan               | text/csv         | [1.5, 2.0, NaN, NaN]",
        "True,7,                  | text/csv         | [1.0, 7.0, NaN]",
        "99999999999999999999,1   | text/csv         | [1.0000000200408773e+20, 1.0]",
        ",                        | text/csv         | [NaN, NaN]",
        "[1, 2]                   | application/json; charset=utf-8 | [1.0, 2.0]",
        "[1, 2]                   | Application/JSON | [1.0, 2.0]",
        "[1, 2]                   | application/octet-stream | [1.0, 2.0]"
      })
  void someThatAwsFailsAtAreAnswered(String body, String type, String expected) throws Exception {
    assertThat(answered("same.pt", request(body, type, JSON))).isEqualTo(JSON + " " + expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json;q=0.9            | application/json  | [1.5]",
        "text/html, */*;q=0.8              | application/json  | [1.5]",
        "TEXT/CSV                          | text/csv          | 1.5",
        "application/json;q=0, text/csv;q=1| text/csv          | 1.5"
      })
  void wishesThatAwsFailsAtAreReadAsHttpMeansThem(String accept, String type, String answer)
      throws Exception {
    assertThat(answered("same.pt", request("[1.5]", JSON, accept)).strip())
        .isEqualTo(type + " " + answer);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "image/png         | x           | content-type: image/png (expected: application/json, text/csv, application/x-npy)",
        "application/x-npz | PK          | content-type: application/x-npz (expected: application/json, text/csv, application/x-npy)",
        "application/json  | [1,         | body: no JSON at line 1, column 4",
        "application/json  | [[1], [2, 3]] | body[1]: a list of 2 (expected: 1, as in the first one)",
        "application/json  | [1, null]   | body[1]: null (expected: a number, true or false)",
        "application/json  | ['1']       | body[0]: \"1\" (expected: a number, true or false)",
        "application/json  | {'a': 1}    | body: an object (expected: a number, true or false)",
        "text/csv          | 1,2;3       | body, line 2: 1 values (expected: 2, as in the first line)",
        "text/csv          | 1,x;3,4     | body, line 1, value 2: x (expected: a number, True or False)",
        "text/csv          | a,b         | body, line 1, value 1: a (expected: a number, True or False)",
        "text/csv          | 1j          | body, line 1, value 1: 1j (expected: a number, True or False)",
        "text/csv          | 1__0        | body, line 1, value 1: 1__0 (expected: a number, True or False)",
        "text/csv          | 0x10        | body, line 1, value 1: 0x10 (expected: a number, True or False)",
        "text/csv          | 1f          | body, line 1, value 1: 1f (expected: a number, True or False)",
        "text/csv          | #           | body: no line with numbers (expected: numbers with commas between)",
        "application/x-npy | [1]         | body: no NPY file (expected: one, as numpy.save writes it)"
      })
  void whatIsNoTensorIsABadRequest(String type, String body, String message) throws Exception {
    Input request = request(body.replace(';', '\n').replace('\'', '"'), type, JSON);
    assertBadRequest(() -> newHandler().preprocess(request), message);
  }

  @Test
  void listsDeeperThanATensorCanBeAreABadRequest() throws Exception {
    Input deep = request("[".repeat(65) + "1" + "]".repeat(65), JSON, JSON);
    assertBadRequest(() -> newHandler().preprocess(deep), "body: lists 65 deep (expected: <= 64)");
    Input abyss = request("[".repeat(100_000), JSON, JSON);
    assertBadRequest(() -> newHandler().preprocess(abyss), "body: JSON that is nested too deep");
  }

  @Test
  void aFormIsToldByItsContentType() throws Exception {
    Map<String, String> headers = Map.of("Content-Type", "application/x-www-form-urlencoded");
    Input form = HandlerFixture.input(Map.of("[1, 2]", ""), headers);
    assertBadRequest(
        () -> newHandler().preprocess(form), "content-type: application/x-www-form-urlencoded");
  }

  @Test
  void anUnsupportedWishIsABadRequestBeforeAnythingIsComputed() throws Exception {
    Input wish = request("[1]", JSON, "image/png");
    assertBadRequest(
        () -> newHandler().preprocess(wish),
        "accept: image/png (expected: application/json, text/csv, application/x-npy)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "types.pt  | 0.5 | text/csv | accept: text/csv cannot hold an array of 0 dimensions (expected: application/json)",
        "ragged.pt | [1, 2] | text/csv | accept: text/csv cannot hold what the model gives, which is no one array (expected: application/json)",
        "named.pt  | [1, 2] | application/x-npy | accept: application/x-npy cannot hold what the model gives, which is no one array (expected: application/json)",
        "beside.pt | [1, 2] | application/x-npy | accept: application/x-npy cannot hold what the model gives",
        "mixed.pt  | [[1]]  | text/csv | accept: text/csv cannot hold an array of 3 dimensions"
      })
  void aFormThatCannotHoldTheAnswerIsABadRequest(
      String model, String body, String accept, String message) throws Exception {
    Input request = request(body, JSON, accept);
    assertBadRequest(() -> answered(model, request), message);
  }

  @Test
  void whatTheModelRefusesIsABadRequestThatSaysWhy() throws Exception {
    Path model = ScriptFile.write(directory.resolve("model.pt"), "return torch.mm(x, x)");
    assertThat(model).exists();
    try (HandlerFixture fixture = new HandlerFixture();
        DefaultInferenceHandler handler = newHandler()) {
      handler.initialize(fixture.context(directory, Map.of()));
      NumberTensor tensor = handler.preprocess(request("[[1, 2, 3]]", JSON, JSON));
      assertBadRequest(
          () -> handler.inference(List.of(tensor)),
          "the model refuses FP32 [1, 3]: mat1 and mat2 shapes cannot be multiplied (1x3 and 1x3)");
    }
  }

  @Test
  void bfloat16WhichNumPyHasNotIsAnsweredToo() throws Exception {
    ScriptFile.write(directory.resolve("model.pt"), "return torch.to(x, 15)");
    try (HandlerFixture fixture = new HandlerFixture();
        DefaultInferenceHandler handler = newHandler()) {
      handler.initialize(fixture.context(directory, Map.of()));
      assertThat(text(answer(handler, request("[0.5]", JSON, CSV)))).isEqualTo("0.5\n");
    }
  }

  @Test
  void modelPtWinsOverOtherFilesAndOfOthersThereIsToBeOne() throws Exception {
    copy("scale.pt", "a.pt");
    assertThat(described()).containsEntry("model", "a.pt");
    copy("same.pt", "b.pth");
    assertThatThrownBy(this::described)
        .hasMessage(
            "Exactly one .pth or .pt file is required for PyTorch models: ['a.pt', 'b.pth']"
                + " (expected: one file, model.pt, or a serializedFile in the manifest, as"
                + " torch-model-archiver --serialized-file writes it)");
    copy("same.pt", "model.pt");
    assertThat(described()).containsEntry("model", "model.pt");
  }

  private Map<String, Object> described() throws Exception {
    try (HandlerFixture fixture = new HandlerFixture();
        DefaultInferenceHandler handler = newHandler()) {
      handler.initialize(fixture.context(directory, Map.of()));
      return handler.describe();
    }
  }

  private static void assertBadRequest(ThrowingCall call, String message) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
        .hasMessageStartingWith(message);
  }

  private interface ThrowingCall {
    void run() throws Exception;
  }
}
