package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.vision.GoldenAnswers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trained sample classifier, which is TorchScript, on the sample pictures. */
class SampleDrawingsTest {
  @TempDir static Path directory;
  private static RunningServer server;
  private static JsonNode pictures;

  @BeforeAll
  static void start() throws Exception {
    Path golden = Path.of("src/test/resources/samples/drawings.json");
    pictures = new ObjectMapper().readTree(golden.toFile()).get("pictures");
    assertThat(pictures.size()).isEqualTo(12);
    server = new RunningServer(directory, Path.of("sample/models"), List.of("drawings"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonNode answer(JsonNode picture) throws Exception {
    Path file = Path.of("sample/pictures", picture.get("picture").asText());
    HttpResponse<String> response = server.upload("drawings", file);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return RunningServer.json(response);
  }

  @Test
  void itAnswersAsTorchServeDoes() throws Exception {
    for (JsonNode picture : pictures) {
      GoldenAnswers.assertAlike(answer(picture), picture.get("answer"));
    }
  }

  @Test
  void itNamesWhatIsDrawnFirst() throws Exception {
    for (JsonNode picture : pictures) {
      assertThat(answer(picture).fieldNames().next()).isEqualTo(picture.get("kind").asText());
    }
  }
}
