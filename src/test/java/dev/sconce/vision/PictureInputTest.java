package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Input;
import dev.sconce.handler.Part;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The forms in which TorchServe's picture handlers take a picture. */
class PictureInputTest {
  private static final Path PICTURE = GoldenAnswers.of("classifier").pictures().get(0).picture();

  @TempDir Path directory;
  private VisionFixture fixture = new VisionFixture();
  private ImageClassifierHandler handler = VisionFixture.imageClassifier();

  @BeforeEach
  void open() throws Exception {
    fixture = new VisionFixture();
    handler = VisionFixture.imageClassifier();
    handler.initialize(fixture.context(GoldenAnswers.copy("classifier.pt", directory), Map.of()));
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private static float[] values(PictureTensor tensor) {
    FloatBuffer values = FloatBuffer.allocate((int) tensor.size());
    tensor.writer().accept(values);
    assertThat(values.hasRemaining()).isFalse();
    return values.array();
  }

  private float[] ofPicture() throws Exception {
    return values(handler.preprocess(VisionFixture.input(Map.of("data", PICTURE))));
  }

  private static String base64() throws Exception {
    return Base64.getEncoder().encodeToString(Files.readAllBytes(PICTURE));
  }

  private PictureTensor ofJsonBody(String json) throws Exception {
    Part body = Part.of(json);
    Part typed = new Part(body.content(), "application/json", Optional.empty());
    Input empty = VisionFixture.input(Map.of());
    return handler.preprocess(new Input("id", Map.of("body", typed), Map.of(), empty.deadline()));
  }

  @Test
  void theRawBodyIsTakenWhereThereIsNoData() throws Exception {
    Map<String, Object> parts = Map.of("data", "", "body", PICTURE, "other", "x");
    assertThat(values(handler.preprocess(VisionFixture.input(parts)))).isEqualTo(ofPicture());
  }

  @Test
  void base64IsTakenAsTextAndAsJson() throws Exception {
    float[] expected = ofPicture();
    Input text = VisionFixture.input(Map.of("body", base64()));
    assertThat(values(handler.preprocess(text))).isEqualTo(expected);
    assertThat(values(ofJsonBody("\"" + base64() + "\""))).isEqualTo(expected);
    assertThat(values(ofJsonBody("{\"data\": \"" + base64() + "\"}"))).isEqualTo(expected);
  }

  @Test
  void jsonListsAreTheTensorItself() throws Exception {
    String json = " [[[1, 2.5, -3e1]], [[4, 5, 6]]]";
    for (PictureTensor tensor :
        List.of(
            ofJsonBody(json),
            ofJsonBody("{\"data\": " + json + "}"),
            handler.preprocess(VisionFixture.input(Map.of("data", json))))) {
      assertThat(tensor.shape()).containsExactly(2L, 1L, 3L);
      assertThat(values(tensor)).containsExactly(1, 2.5f, -30, 4, 5, 6);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[[1, 2], [3]] | body: a list of 2 beside 1 (expected: a picture, or nested lists",
        "[[1, 2], 3] | body: a list of 2 beside 3 (expected",
        "[[1, 2], [[3], 4]] | body: [3] (expected",
        "[[1, 2], [3, \"x\"]] | body: x (expected",
        "[null] | body: null (expected",
        "[[], []] | body: an empty list (expected",
        "[1, 2 | body: no JSON at line 1",
        "{\"data\": [true]} | data: true (expected",
        "{\"other\": 1} | missing part: data or body (found: other)",
        "17 | body: a JSON number (expected",
        "{ | body: no JSON at line 1",
        "{\"data\": \"no picture\"} | data: not a picture",
      })
  void whatIsNoPictureAndNoTensorIsTheCallersFault(String json, String message) {
    assertThatThrownBy(() -> ofJsonBody(json))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
        .hasMessageStartingWith(message);
  }

  @Test
  void aTensorThatTheModuleCannotTakeIsTheCallersFaultAndIsToldItsShape() throws Exception {
    PictureTensor wrong = ofJsonBody("[[[1, 2, 3]]]");
    assertThatThrownBy(() -> handler.inference(List.of(wrong)))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
        .hasMessageStartingWith("classifier.pt: forward(float32 [1, 1, 1, 3]) failed: ");
    PictureTensor right = handler.preprocess(VisionFixture.input(Map.of("data", PICTURE)));
    assertThat(handler.inference(List.of(right))).hasSize(1);
  }

  @Test
  void whatIsNoPictureIsNamedByItsPart() {
    Map<String, String> parts = Map.of("data", "", "body", "not a picture");
    assertThatThrownBy(() -> handler.preprocess(VisionFixture.input(parts)))
        .hasMessageStartingWith("body: not a picture: starts with 6e 6f 74 20");
  }
}
