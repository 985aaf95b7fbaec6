package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.image.ImageDecoder;
import dev.sconce.image.PictureTransform;
import dev.sconce.image.RgbImage;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trained sample twin as {@code scripts/serve} serves it, on the sample pictures. */
class SampleModelTest {
  private static final int SIDE = 224;

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

  @Test
  void itAnswersAsPyTorchDoes() throws Exception {
    for (int pair = 0; pair < samples.count(); pair++) {
      samples.assertAnswer(compare(pair), pair, true);
    }
  }

  @Test
  void itTellsSameFromDifferent() throws Exception {
    for (int pair = 0; pair < samples.count(); pair++) {
      JsonNode answer = RunningServer.json(compare(pair));
      boolean same = answer.get(1).asDouble() > answer.get(0).asDouble();
      assertThat(same)
          .as("%s and %s are the same", samples.left(pair), samples.right(pair))
          .isEqualTo(kind(samples.left(pair)).equals(kind(samples.right(pair))));
    }
  }

  /** {@code cat3-grey.jpg} shows a {@code cat}. */
  private static String kind(Path picture) {
    return picture.getFileName().toString().replaceFirst("[0-9].*", "");
  }

  @Test
  void atLeast80PercentOfEachHeatMapsPositiveMassLiesOnTheDrawnObject() throws Exception {
    for (int pair = 0; pair < samples.count(); pair++) {
      JsonNode answer = RunningServer.json(compare(pair));
      assertThat(massOnObject(answer, 2, samples.left(pair))).isGreaterThanOrEqualTo(0.8);
      assertThat(massOnObject(answer, 9, samples.right(pair))).isGreaterThanOrEqualTo(0.8);
    }
  }

  /** Each of the 7 x 7 cells spread evenly over its part of the picture. */
  private static double massOnObject(JsonNode answer, int firstRow, Path picture)
      throws IOException {
    RgbImage mask = mask(picture);
    double onObject = 0;
    double all = 0;
    for (int y = 0; y < SIDE; y++) {
      JsonNode row = answer.get(firstRow + y * 7 / SIDE);
      for (int x = 0; x < SIDE; x++) {
        double heat = Math.max(0, row.get(x * 7 / SIDE).asDouble());
        all += heat;
        onObject += mask.pixels()[3 * (y * SIDE + x)] < 0 ? heat : 0; // a byte of 128 and more
      }
    }
    assertThat(all).isPositive();
    return onObject / all;
  }

  private static RgbImage mask(Path picture) throws IOException {
    String name = picture.getFileName().toString().replaceFirst("[.][a-z]+$", ".png");
    byte[] png = Files.readAllBytes(picture.resolveSibling("masks").resolve(name));
    RgbImage mask = new ImageDecoder(1 << 20).decode(ByteBuffer.wrap(png));
    return PictureTransform.imageSize(SIDE, SIDE).apply(mask);
  }

  private static HttpResponse<String> compare(int pair) throws Exception {
    MultipartForm form = samples.form(pair).text("cam", "True");
    return server.send(server.predictRequest("siamese", form.contentType(), form.body()));
  }
}
