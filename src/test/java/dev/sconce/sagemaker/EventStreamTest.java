package dev.sconce.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against frames that botocore reads: {@code scripts/golden/eventstream.py}. */
class EventStreamTest {
  private static final Path FRAMES = Path.of("src/test/resources/sagemaker/frames.json");
  private static final HexFormat HEX = HexFormat.of();

  private static Stream<JsonNode> cases(String kind) throws IOException {
    JsonNode all = new ObjectMapper().readTree(FRAMES.toFile()).get(kind);
    return StreamSupport.stream(all.spliterator(), false);
  }

  static Stream<JsonNode> parts() throws IOException {
    return cases("parts");
  }

  static Stream<JsonNode> failures() throws IOException {
    return cases("failures");
  }

  @ParameterizedTest
  @MethodSource("parts")
  void anAnswerIsFramedAsBotocoreReadsIt(JsonNode expected) throws Exception {
    ByteBuffer payload = payload(expected);
    byte[] frames = bytes(EventStream.payloadParts(payload));
    byte[] sum = MessageDigest.getInstance("SHA-256").digest(frames);
    assertThat(HEX.formatHex(sum)).isEqualTo(expected.get("sha256").textValue());
    if (expected.has("frames")) {
      assertThat(HEX.formatHex(frames)).isEqualTo(expected.get("frames").textValue());
    }
    assertThat(payload.remaining()).isEqualTo(expected.get("length").intValue());
  }

  /** With bytes before and behind that are none of it. */
  private static ByteBuffer payload(JsonNode expected) {
    byte[] bytes = new byte[expected.get("length").intValue()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31L % 251);
    }
    if (expected.has("payload")) {
      bytes = HEX.parseHex(expected.get("payload").textValue());
    }
    ByteBuffer around = ByteBuffer.allocate(bytes.length + 5);
    around.position(3).put(bytes);
    return around.flip().position(3);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aFailureIsFramedAsBotocoreReadsIt(JsonNode expected) {
    byte[] json = expected.get("payload").textValue().getBytes(StandardCharsets.UTF_8);
    ByteBuffer frame = EventStream.exception(expected.get("shape").textValue(), json);
    assertThat(HEX.formatHex(bytes(frame))).isEqualTo(expected.get("frame").textValue());
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }
}
