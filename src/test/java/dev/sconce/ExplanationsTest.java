package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.image.ImageDecoder;
import dev.sconce.image.RgbImage;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Explanations of the sample twin through HTTP: as numbers and as pictures. */
class ExplanationsTest {
  @TempDir static Path directory;
  private static RunningServer server;
  private static GoldenPairs samples;

  @BeforeAll
  static void start() throws Exception {
    samples = GoldenPairs.samples();
    server = new RunningServer(directory, Path.of("sample/models"), List.of("all"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/1.0", "/1.0/any/thing"})
  void anExplanationIsTheTwoMapsThatAPredictionAdds(String version) throws Exception {
    MultipartForm form = samples.form(0).text("cam", "True");
    JsonNode prediction =
        RunningServer.json(server.send(post("/predictions/siamese" + version, form)));

    HttpResponse<String> explanation =
        server.send(post("/explanations/siamese" + version, samples.form(0)));

    List<JsonNode> rows = new ArrayList<>();
    JsonNode maps = RunningServer.json(explanation);
    maps.forEach(map -> map.forEach(rows::add));
    assertThat(maps.size()).isEqualTo(2);
    assertThat(rows).hasSize(14);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(rows.get(i)).isEqualTo(prediction.get(2 + i));
    }
  }

  @ParameterizedTest
  @CsvSource({"/predictions/siamese, True", "/explanations/siamese, False"})
  void whoAcceptsPngAloneGetsTheMapsDrawnOverBothPictures(String path, String cam)
      throws Exception {
    MultipartForm form = samples.form(0).text("cam", cam);
    HttpResponse<byte[]> response =
        server.client().send(accepting("image/png", path, form), BodyHandlers.ofByteArray());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains("image/png");
    RgbImage drawn = new ImageDecoder(1 << 24).decode(ByteBuffer.wrap(response.body()));
    assertThat(List.of(drawn.width(), drawn.height())).containsExactly(1200, 400);
    // Left and right show different pictures and maps.
    assertThat(drawn.crop(0, 0, 600, 400).pixels())
        .isNotEqualTo(drawn.crop(600, 0, 600, 400).pixels());
  }

  @ParameterizedTest
  @ValueSource(strings = {"*/*", "image/png, application/json", "image/*", "text/html"})
  void anyOtherAcceptLeavesTheAnswerJson(String accept) throws Exception {
    MultipartForm form = samples.form(0).text("cam", "True");

    samples.assertAnswer(server.send(accepting(accept, "/predictions/siamese", form)), 0, true);
  }

  @Test
  void withoutMapsThereIsNothingToDraw() throws Exception {
    HttpRequest request = accepting("image/png", "/predictions/siamese", samples.form(0));

    samples.assertAnswer(server.send(request), 0, false);
  }

  @Test
  void explainingAnUnknownModelIsA404() throws Exception {
    HttpResponse<String> response = server.send(post("/explanations/none", samples.form(0)));

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).contains("ModelNotFoundException");
  }

  private static HttpRequest post(String path, MultipartForm form) throws Exception {
    return accepting("*/*", path, form);
  }

  private static HttpRequest accepting(String accept, String path, MultipartForm form)
      throws Exception {
    return server.inference(path, form).header("accept", accept).build();
  }
}
