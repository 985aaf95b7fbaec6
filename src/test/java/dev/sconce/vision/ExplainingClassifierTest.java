package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Handler;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.image.ImageDecoder;
import dev.sconce.image.RgbImage;
import dev.sconce.torch.ScriptFile;
import dev.sconce.vision.ExplainingClassifier.Answer;
import dev.sconce.vision.ExplainingClassifier.Question;
import dev.sconce.vision.GoldenExplanations.Batch;
import dev.sconce.vision.GoldenExplanations.Explained;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Explanations are Captum's; predictions beside them stay what they are. */
class ExplainingClassifierTest extends HandlerContract<Question, Answer> {
  private static final Map<String, String> EXPLAIN = Map.of("explain", "True");
  private static final Map<String, String> PNG = Map.of("explain", "True", "accept", "image/png");
  private static final String TENSOR_TO_TENSOR = "x: Tensor) -> Tensor";
  private static final int DRAWING_TOLERANCE = 3;

  @TempDir Path directory;

  /** Before the threads that share the model. */
  @BeforeEach
  void putModel() throws IOException {
    GoldenAnswers.copy("classifier.pt", Files.createDirectory(modelDirectory()));
  }

  @Override
  Handler<Question, Answer> handler() {
    return VisionFixture.explainingClassifier();
  }

  @Override
  Path modelDirectory() {
    return directory.resolve("model");
  }

  /** Explanations and predictions in turn; of numbers, which are few. */
  @Override
  List<Input> inputs() throws IOException {
    JsonNode data = GoldenExplanations.numbers().get("data");
    List<Input> inputs = new ArrayList<>();
    for (int target = 0; target < 4; target++) {
      inputs.add(VisionFixture.input(Map.of("data", data, "target", target), EXPLAIN));
      inputs.add(VisionFixture.input(Map.of("data", data)));
    }
    return inputs;
  }

  private Handler<Question, Answer> open(
      VisionFixture fixture, Path model, Map<String, Object> settings) throws Exception {
    Handler<Question, Answer> handler = handler();
    handler.initialize(fixture.context(model, settings));
    return handler;
  }

  private static List<Output.Answer> ask(Handler<Question, Answer> handler, List<Input> inputs)
      throws Exception {
    List<Question> batch = new ArrayList<>();
    for (Input input : inputs) {
      batch.add(handler.preprocess(input));
    }
    List<Answer> results = handler.inference(batch);
    assertThat(results).hasSameSizeAs(batch);
    List<Output.Answer> answers = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      answers.add((Output.Answer) handler.postprocess(inputs.get(i), results.get(i)));
    }
    return answers;
  }

  private static JsonNode json(Output.Answer answer) throws IOException {
    assertThat(answer.headers()).containsEntry("content-type", "application/json");
    String body = StandardCharsets.UTF_8.decode(answer.body().duplicate()).toString();
    return new ObjectMapper().readTree(body);
  }

  static List<Batch> batches() throws IOException {
    return GoldenExplanations.batches();
  }

  @ParameterizedTest
  @MethodSource("batches")
  void explanationsAreCaptumsForEachRequestOfABatchAndAlone(Batch batch) throws Exception {
    Path model = GoldenAnswers.copy(batch.model(), directory);
    try (VisionFixture fixture = new VisionFixture();
        Handler<Question, Answer> handler = open(fixture, model, batch.settings())) {
      List<Input> inputs = new ArrayList<>();
      for (Explained explained : batch.pictures()) {
        inputs.add(explained.input(EXPLAIN));
      }
      List<Output.Answer> together = ask(handler, inputs);
      for (int i = 0; i < inputs.size(); i++) {
        Explained golden = batch.pictures().get(i);
        golden.assertAttribution(json(together.get(i)));
        golden.assertAttribution(json(ask(handler, List.of(inputs.get(i))).get(0)));
      }
    }
  }

  /** Pictures of several sizes, numbers and predictions. */
  @Test
  void aMixedBatchGivesEachRequestItsOwn() throws Exception {
    JsonNode numbers = GoldenExplanations.numbers();
    List<Explained> pictures = GoldenExplanations.pictures();
    GoldenAnswers.Asked asked = GoldenAnswers.of("classifier").pictures().get(0);
    try (VisionFixture fixture = new VisionFixture();
        Handler<Question, Answer> handler = open(fixture, modelDirectory(), Map.of())) {
      List<Output.Answer> answers =
          ask(
              handler,
              List.of(
                  pictures.get(1).input(EXPLAIN),
                  VisionFixture.input(Map.of("data", asked.picture())),
                  numbers(numbers, EXPLAIN),
                  pictures.get(0).input(EXPLAIN)));
      pictures.get(1).assertAttribution(json(answers.get(0)));
      GoldenAnswers.assertAlike(json(answers.get(1)), asked.answer());
      new Explained(numbers).assertAttribution(json(answers.get(2)));
      pictures.get(0).assertAttribution(json(answers.get(3)));
    }
  }

  private static Input numbers(JsonNode golden, Map<String, String> headers) throws IOException {
    return VisionFixture.input(
        Map.of("data", golden.get("data"), "target", golden.get("target")), headers);
  }

  static List<JsonNode> drawings() throws IOException {
    return GoldenExplanations.drawings();
  }

  @ParameterizedTest
  @MethodSource("drawings")
  void whoAcceptsPngAloneGetsTheMapOverThePictureAsTheModuleSawIt(JsonNode golden)
      throws Exception {
    Explained explained = new Explained(golden);
    Map<String, Object> settings = GoldenExplanations.settings(golden);
    try (VisionFixture fixture = new VisionFixture();
        Handler<Question, Answer> handler = open(fixture, modelDirectory(), settings)) {
      Output.Answer answer = ask(handler, List.of(explained.input(PNG))).get(0);
      assertThat(answer.headers()).containsEntry("content-type", "image/png");
      RgbImage drawn = new ImageDecoder(1 << 24).decode(answer.body());
      ByteBuffer expected =
          ByteBuffer.wrap(Base64.getDecoder().decode(golden.get("pixels").asText()));
      int step = golden.get("step").asInt();
      for (int y = 0; y < drawn.height(); y += step) {
        for (int x = 0; x < drawn.width(); x += step) {
          for (int channel = 0; channel < 3; channel++) {
            int value = drawn.pixels()[3 * (y * drawn.width() + x) + channel] & 0xFF;
            assertThat(Math.abs(value - (expected.get() & 0xFF)))
                .as("%d, %d, channel %d", y, x, channel)
                .isLessThanOrEqualTo(DRAWING_TOLERANCE);
          }
        }
      }
      assertThat(expected.hasRemaining()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"*/*", "image/png, application/json", "image/*", "text/html"})
  void anyOtherAcceptLeavesTheAnswerJson(String accept) throws Exception {
    Explained explained = batches().get(0).pictures().get(0);
    try (VisionFixture fixture = new VisionFixture();
        Handler<Question, Answer> handler =
            open(fixture, modelDirectory(), batches().get(0).settings())) {
      Input input = explained.input(Map.of("explain", "True", "accept", accept));
      explained.assertAttribution(json(ask(handler, List.of(input)).get(0)));
    }
  }

  @Test
  void aPredictionIsNeverDrawn() throws Exception {
    Explained explained = GoldenExplanations.pictures().get(0);
    try (VisionFixture fixture = new VisionFixture();
        Handler<Question, Answer> handler = open(fixture, modelDirectory(), Map.of())) {
      Input input = explained.input(Map.of("accept", "image/png"));
      assertThat(json(ask(handler, List.of(input)).get(0)).size()).isEqualTo(5);
    }
  }

  @Test
  void numbersCannotBeDrawnOn() throws Exception {
    try (VisionFixture fixture = new VisionFixture();
        Handler<Question, Answer> handler = open(fixture, modelDirectory(), Map.of())) {
      Input input = numbers(GoldenExplanations.numbers(), PNG);
      assertRefused(
          () -> ask(handler, List.of(input)),
          ErrorCode.BAD_REQUEST,
          "accept: image/png: lists of numbers cannot be drawn on (expected: a picture, or"
              + " application/json)");
    }
  }

  @ParameterizedTest
  @CsvSource({"-1", "7", "99999999999", "1.0", "cat", "0x1", "[1]"})
  void aTargetThatIsNoClassIsRefused(String target) throws Exception {
    Path picture = GoldenExplanations.pictures().get(0).picture();
    try (VisionFixture fixture = new VisionFixture();
        Handler<Question, Answer> handler = open(fixture, modelDirectory(), Map.of())) {
      Input input = VisionFixture.input(Map.of("data", picture, "target", target), EXPLAIN);
      assertRefused(
          () -> handler.preprocess(input),
          ErrorCode.BAD_REQUEST,
          "target: " + target + " (expected: a class, 0 to 6)");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", " 0 ", "none"})
  void withoutATargetClassZeroIsExplained(String target) throws Exception {
    Explained explained = batches().get(0).pictures().get(0);
    assertThat(explained.target()).isEqualTo("0");
    Map<String, Object> parts =
        target.equals("none")
            ? Map.of("data", explained.picture())
            : Map.of("data", explained.picture(), "target", target);
    try (VisionFixture fixture = new VisionFixture();
        Handler<Question, Answer> handler =
            open(fixture, modelDirectory(), batches().get(0).settings())) {
      Input input = VisionFixture.input(parts, EXPLAIN);
      explained.assertAttribution(json(ask(handler, List.of(input)).get(0)));
    }
  }

  /** Until a module has answered once, nobody knows how many classes it has. */
  @Test
  void aTargetIsCheckedAgainByWhatTheModuleGives() throws Exception {
    ScriptFile.write(
        directory.resolve("net.pt"),
        TENSOR_TO_TENSOR,
        "return torch.mm(torch.flatten(x, 1), torch.ones([12, 5]))");
    try (VisionFixture fixture = new VisionFixture();
        Handler<Question, Answer> handler = open(fixture, directory, Map.of("centerCrop", 2))) {
      Input fitting = VisionFixture.input(Map.of("data", ones(3, 2, 2), "target", "4"), EXPLAIN);
      assertThat(json(ask(handler, List.of(fitting)).get(0)).at("/2/1/1").asDouble()).isEqualTo(1);
      Question beyond = new Question(handler.preprocess(fitting).tensor(), OptionalInt.of(5));
      assertRefused(
          () -> handler.inference(List.of(beyond)),
          ErrorCode.BAD_REQUEST,
          "target: 5 (expected: a class, 0 to 4)");
    }
  }

  private static String ones(int channels, int height, int width) {
    String row = "[" + "1,".repeat(width - 1) + "1]";
    String plane = "[" + (row + ",").repeat(height - 1) + row + "]";
    return "[" + (plane + ",").repeat(channels - 1) + plane + "]";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x: Tensor) -> Tensor | y = torch.to(x, 4)"
            + " | BAD_REQUEST | net.pt: forward(float32 [8, 3, 224, 224]) cannot be differentiated",
        "x: Tensor) -> Tensor | y = torch.detach(x)"
            + " | BAD_REQUEST | net.pt: forward(float32 [8, 3, 224, 224]) cannot be differentiated",
        "x: Tensor) -> Tensor | y = torch.dequantize(torch.quantize_per_tensor(x, 0.1, 0, 13))"
            + " | BAD_REQUEST | net.pt: forward(float32 [8, 3, 224, 224]) cannot be differentiated",
        "x: Tensor) -> Tensor | y = torch.add_(x, 1)"
            + " | INTERNAL | the gradient of net.pt: forward(float32 [8, 3, 224, 224]) failed: a"
            + " leaf Variable that requires grad",
        "xs: List[Tensor]) -> Tensor | y = torch.stack(xs)"
            + " | BAD_REQUEST | net.pt: forward(float32 [3, 224, 224], float32",
      })
  void aModuleThatCannotBeDifferentiatedSaysSoAndServesOn(
      String declaration, String line, ErrorCode code, String message) throws Exception {
    ScriptFile.write(
        directory.resolve("net.pt"),
        declaration,
        line + "\nreturn torch.to(torch.narrow(torch.flatten(y, 1), 1, 0, 4), 6)");
    Explained explained = GoldenExplanations.pictures().get(0);
    try (VisionFixture fixture = new VisionFixture();
        Handler<Question, Answer> handler = open(fixture, directory, Map.of())) {
      Input input = VisionFixture.input(Map.of("data", explained.picture()), EXPLAIN);
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> ask(handler, List.of(input)))
            .isInstanceOfSatisfying(
                ServingException.class, e -> assertThat(e.code()).isEqualTo(code))
            .hasMessageStartingWith(message);
      }
      Input prediction = VisionFixture.input(Map.of("data", explained.picture()));
      assertThat(json(ask(handler, List.of(prediction)).get(0)).size()).isEqualTo(4);
    }
  }

  @Test
  void numbersThatTheModuleCannotTakeAreTheCallersFault() throws Exception {
    try (VisionFixture fixture = new VisionFixture();
        Handler<Question, Answer> handler = open(fixture, modelDirectory(), Map.of())) {
      Input input = VisionFixture.input(Map.of("data", ones(1, 2, 2)), EXPLAIN);
      assertThatThrownBy(() -> ask(handler, List.of(input)))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
          .hasMessageStartingWith("classifier.pt: forward(float32 [1, 1, 2, 2]) failed: ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"classifier.pt", "mobilenet.pth"})
  void theCopyIsLoadedAtTheFirstExplanationForAllWorkersAndClosedWithTheModel(String model)
      throws Exception {
    GoldenAnswers.copy(model, directory);
    Explained explained = batches().get(0).pictures().get(0);
    Map<String, Object> settings = batches().get(0).settings();
    try (VisionFixture fixture = new VisionFixture();
        Handler<Question, Answer> one = open(fixture, directory, settings);
        Handler<Question, Answer> other = open(fixture, directory, settings)) {
      ask(one, List.of(explained.input(Map.of())));
      assertThat(one.describe()).containsEntry("explanations", "not asked for yet");
      ask(one, List.of(explained.input(EXPLAIN)));
      assertThat(other.describe())
          .containsEntry("explanations", "a differentiable copy of " + model + " is loaded");
      PictureModule copy =
          fixture
              .shared
              .open("differentiable copy", DifferentiableCopy.class, () -> fail("a second one"))
              .module();
      List<Long> shape = List.of(3L, 32L, 32L);
      ByteBuffer pixels = ByteBuffer.allocateDirect(4 * 3 * 32 * 32);
      assertThat(copy.<Integer>ask(pixels, List.of(shape), ModuleAnswer::pictures)).isEqualTo(1);
      fixture.shared.close();
      assertThatThrownBy(() -> copy.<Integer>ask(pixels, List.of(shape), ModuleAnswer::pictures))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  private static void assertRefused(ThrowingCallable call, ErrorCode code, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(ServingException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessage(message);
  }
}
