package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Handler;
import dev.sconce.handler.Input;
import dev.sconce.image.Pixels;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract, with the small U-Net of {@code scripts/golden/unet_served.py}. */
class UnetHandlerTest extends HandlerContract<Pixels, Mask> {
  private static final Path SERVED = Path.of("src/test/resources/served");
  @TempDir Path directory;

  @Override
  Handler<Pixels, Mask> handler() {
    return VisionFixture.unetHandler();
  }

  @BeforeEach
  void unpack() throws IOException {
    try (FileSystem archive = FileSystems.newFileSystem(SERVED.resolve("fastunet.mar"))) {
      Files.copy(archive.getPath("fastai_unet.pth"), directory.resolve("fastai_unet.pth"));
    }
  }

  @Override
  Path modelDirectory() {
    return directory;
  }

  @Override
  List<Input> inputs() throws IOException {
    return List.of(input("baseline.jpg"), input("colour.png"), input("fastunet-rgba.png"));
  }

  private static Input input(String name) throws IOException {
    return VisionFixture.input(Map.of("data", SERVED.resolve(name)));
  }

  @Override
  protected List<Double> numbers(JsonNode answer) {
    byte[] mask = Base64.getDecoder().decode(answer.get("base64_prediction").asText());
    List<Double> classes = new ArrayList<>();
    for (byte pixel : mask) {
      classes.add((double) pixel);
    }
    return classes;
  }

  /** Where two logits are all but equal, rounding may decide. */
  @Override
  protected void assertSameAnswer(List<Double> actual, List<Double> expected) {
    long equal =
        IntStream.range(0, expected.size())
            .filter(i -> actual.get(i).equals(expected.get(i)))
            .count();
    assertThat(equal / (double) expected.size()).isGreaterThanOrEqualTo(0.999);
  }

  @Test
  void itSaysWhatItIs() throws Exception {
    try (VisionFixture fixture = new VisionFixture();
        Handler<Pixels, Mask> handler = handler()) {
      handler.initialize(
          fixture.context(
              directory, Map.of("blur", true, "y_range", List.of(-1, 1.5), "imageSize", ODD)));
      assertThat(handler.describe())
          .containsEntry(
              "network",
              "fast.ai DynamicUnet; ResNet, basic blocks 1-1-1-1, 32 channels; 32 classes")
          .containsEntry("precision", "fp32")
          .containsEntry("blur", true)
          .containsEntry("yRange", List.of(-1.0, 1.5))
          .containsEntry("imageSize", ODD);
    }
  }

  private static final List<Integer> ODD = List.of(33, 65);

  @Test
  void masksHaveTheSizeThatIsConfigured() throws Exception {
    try (VisionFixture fixture = new VisionFixture();
        Handler<Pixels, Mask> handler = handler()) {
      handler.initialize(fixture.context(directory, Map.of("imageSize", ODD)));
      Mask mask = handler.inference(List.of(handler.preprocess(input("grey.jpg")))).get(0);
      assertThat(List.of(mask.height(), mask.width())).isEqualTo(ODD);
      assertThat(mask.classes()).hasSize(33 * 65);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"blur: sometimes", "blur_final: 3", "y_range: 4", "resize: 96"})
  void wrongSettingsAreNamed(String setting) throws Exception {
    String[] words = setting.split(": ");
    Object value = words[1].matches("[0-9]+") ? (Object) Integer.valueOf(words[1]) : words[1];
    try (VisionFixture fixture = new VisionFixture();
        Handler<Pixels, Mask> handler = handler()) {
      assertThatThrownBy(
              () -> handler.initialize(fixture.context(directory, Map.of(words[0], value))))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
          .hasMessageContaining("model-config.yaml: " + setting + " (expected: ");
    }
  }

  @Test
  void aRangeIsTheLowerNumberFirst() throws Exception {
    try (VisionFixture fixture = new VisionFixture();
        Handler<Pixels, Mask> handler = handler()) {
      Map<String, Object> settings = Map.of("y_range", List.of(2, 1));
      assertThatThrownBy(() -> handler.initialize(fixture.context(directory, settings)))
          .hasMessage(
              "model-config.yaml: y_range: [2, 1] (expected: 2 numbers, the lower one first)");
    }
  }

  @Test
  void ofSeveralNetworksTheManifestHasToNameOne() throws Exception {
    Files.copy(SERVED.resolve("fastunet-learn.pth"), directory.resolve("other.pth"));
    try (VisionFixture fixture = new VisionFixture();
        Handler<Pixels, Mask> handler = handler()) {
      assertThatThrownBy(() -> handler.initialize(fixture.context(directory, Map.of())))
          .hasMessageContainingAll(
              "unet: 2 files hold a fast.ai DynamicUnet's weights",
              "fastai_unet.pth (a fast.ai U-Net); other.pth (a fast.ai U-Net)");
    }
  }
}
