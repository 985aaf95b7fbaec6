package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.image.ImageDecoder;
import dev.sconce.image.RgbImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against what matplotlib draws, as {@code scripts/golden/overlays.py} keeps it. */
class HeatMapOverlayTest {
  private static final int TOLERANCE = 3;

  private static JsonNode golden() throws IOException {
    return new ObjectMapper()
        .readTree(Path.of("src/test/resources/samples/overlays.json").toFile());
  }

  static Stream<JsonNode> cases() throws IOException {
    return StreamSupport.stream(golden().get("cases").spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void mapsAreDrawnAsMatplotlibDrawsThem(JsonNode golden) throws IOException {
    RgbImage canvas = HeatMapOverlay.canvas(picture(golden.get("picture").asText()));

    RgbImage drawn = HeatMapOverlay.draw(canvas, map(golden.get("map")));

    byte[] expected = Base64.getDecoder().decode(golden.get("pixels").asText());
    int step = golden().get("step").asInt();
    int at = 0;
    for (int y = 0; y < drawn.height(); y += step) {
      for (int x = 0; x < drawn.width(); x += step) {
        for (int channel = 0; channel < 3; channel++) {
          int value = drawn.pixels()[3 * (y * drawn.width() + x) + channel] & 0xFF;
          assertThat(Math.abs(value - (expected[at++] & 0xFF)))
              .as("%d, %d, channel %d", y, x, channel)
              .isLessThanOrEqualTo(TOLERANCE);
        }
      }
    }
    assertThat(at).isEqualTo(expected.length);
  }

  private static RgbImage picture(String name) throws IOException {
    byte[] file = Files.readAllBytes(Path.of("sample/pictures", name));
    return new ImageDecoder(1 << 24).decode(ByteBuffer.wrap(file));
  }

  private static List<float[]> map(JsonNode rows) {
    List<float[]> map = new ArrayList<>();
    for (JsonNode row : rows) {
      float[] values = new float[row.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = row.get(i).floatValue();
      }
      map.add(values);
    }
    return map;
  }

  @Test
  void jetHasTheColoursOfMatplotlib() throws IOException {
    byte[] table = Base64.getDecoder().decode(golden().get("jet").asText());
    for (int i = 0; i < 256; i++) {
      int colour = JetColours.of((i + 0.5f) / 256);
      int expected =
          (table[3 * i] & 0xFF) << 16 | (table[3 * i + 1] & 0xFF) << 8 | (table[3 * i + 2] & 0xFF);
      assertThat(colour).as("step %d", i).isEqualTo(expected);
    }
    assertThat(JetColours.of(-1)).isEqualTo(JetColours.of(0));
    assertThat(JetColours.of(2)).isEqualTo(JetColours.of(1));
  }

  @Test
  void picturesStandBesideEachOther() {
    RgbImage left = new RgbImage(1, 2, new byte[] {1, 2, 3, 4, 5, 6});
    RgbImage right = new RgbImage(2, 2, new byte[] {7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18});

    RgbImage both = HeatMapOverlay.beside(left, right);

    assertThat(both.width()).isEqualTo(3);
    assertThat(both.pixels())
        .containsExactly(1, 2, 3, 7, 8, 9, 10, 11, 12, 4, 5, 6, 13, 14, 15, 16, 17, 18);
  }
}
