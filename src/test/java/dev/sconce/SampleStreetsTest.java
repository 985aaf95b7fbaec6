package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trained sample U-Net on street scenes that it was not trained on. */
class SampleStreetsTest {
  @TempDir static Path directory;
  private static RunningServer server;
  private static JsonNode scenes;

  @BeforeAll
  static void start() throws Exception {
    Path golden = Path.of("src/test/resources/samples/fastunet.json");
    scenes = new ObjectMapper().readTree(golden.toFile()).get("scenes");
    server = new RunningServer(directory, Path.of("sample/models"), List.of("fastunet"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void itAnswersAsFastAiDoes() throws Exception {
    for (JsonNode scene : scenes) {
      byte[] expected = PackedMask.unpack(scene.get("mask"));
      assertThat(PackedMask.agreement(mask(scene), expected)).isGreaterThanOrEqualTo(0.999);
    }
  }

  @Test
  void atLeast85PercentOfEachScenesPixelsAreRight() throws Exception {
    assertThat(scenes.size()).isEqualTo(4);
    for (JsonNode scene : scenes) {
      byte[] truth = PackedMask.unpack(scene.get("classes"));
      assertThat(PackedMask.agreement(mask(scene), truth)).isGreaterThanOrEqualTo(0.85);
    }
  }

  private static byte[] mask(JsonNode scene) throws Exception {
    HttpResponse<String> response =
        server.upload("fastunet", Path.of(scene.get("picture").asText()));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    String base64 = RunningServer.json(response).get("base64_prediction").asText();
    return Base64.getDecoder().decode(base64);
  }

  @Test
  void thePictureInItsReadmeIsWhatItPaints() throws Exception {
    MultipartForm form = new MultipartForm().file("data", Path.of("sample/pictures/street1.jpg"));
    HttpRequest request =
        server.inference("/predictions/fastunet", form).header("accept", "image/png").build();

    byte[] painted = server.client().send(request, BodyHandlers.ofByteArray()).body();

    byte[] shown = Files.readAllBytes(Path.of("sample/answers/street1.png"));
    assertThat(PackedMask.agreement(numbers(painted), numbers(shown)))
        .isGreaterThanOrEqualTo(0.999);
  }

  /** A PNG's pixels as numbers of its palette's colours. */
  private static byte[] numbers(byte[] png) throws Exception {
    BufferedImage picture = ImageIO.read(new ByteArrayInputStream(png));
    byte[] numbers = new byte[picture.getWidth() * picture.getHeight()];
    for (int i = 0; i < numbers.length; i++) {
      int width = picture.getWidth();
      numbers[i] = (byte) picture.getRaster().getSample(i % width, i / width, 0);
    }
    return numbers;
  }
}
