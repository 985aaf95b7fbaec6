package dev.sconce.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Resizing by the filter that Pillow takes unless told otherwise, on the sample pictures. */
class PilResizeTest {
  private static final Path GOLDEN = Path.of("src/test/resources/samples/overlays.json");

  static Stream<JsonNode> resized() throws IOException {
    JsonNode golden = new ObjectMapper().readTree(GOLDEN.toFile()).get("resized");
    return StreamSupport.stream(golden.spliterator(), false);
  }

  @ParameterizedTest
  @MethodSource("resized")
  void bicubicResizingGivesPillowsBytes(JsonNode golden) throws Exception {
    Path file = Path.of("sample/pictures", golden.get("picture").asText());
    RgbImage picture = new ImageDecoder(1 << 24).decode(ByteBuffer.wrap(Files.readAllBytes(file)));

    RgbImage resized =
        PilResize.resize(
            picture,
            golden.get("width").asInt(),
            golden.get("height").asInt(),
            ResizeFilter.BICUBIC);

    byte[] hash = MessageDigest.getInstance("SHA-256").digest(resized.pixels());
    assertThat(HexFormat.of().formatHex(hash)).isEqualTo(golden.get("sha256").asText());
  }
}
