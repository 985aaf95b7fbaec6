package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.handler.Input;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * What Captum explains in TorchServe's image_classifier: {@code scripts/golden/explanations.py}.
 */
public final class GoldenExplanations {
  private static final double TOLERANCE = 1e-5;
  private static final Path PICTURES = Path.of("src/test/resources/image");

  private GoldenExplanations() {}

  private static JsonNode root() throws IOException {
    return new ObjectMapper()
        .readTree(GoldenAnswers.DIRECTORY.resolve("explanations.json").toFile());
  }

  /** Pictures that go through a model together. */
  record Batch(String model, Map<String, Object> settings, List<Explained> pictures) {}

  /** A picture, or numbers, and its attribution for a class. */
  public record Explained(JsonNode json) {
    /** The picture's file. */
    public Path picture() {
      return PICTURES.resolve(json.get("picture").asText());
    }

    /** The class, as a form holds it. */
    public String target() {
      return json.get("target").asText();
    }

    /** The request for it, with these headers. */
    Input input(Map<String, String> headers) throws IOException {
      return VisionFixture.input(Map.of("data", picture(), "target", target()), headers);
    }

    /** Fails unless they are within 1e-5 of Captum's largest value, be it ever so small. */
    public void assertAttribution(JsonNode actual) {
      JsonNode level = actual;
      for (JsonNode length : json.get("shape")) {
        assertThat(level.size()).isEqualTo(length.asInt());
        level = level.get(0);
      }
      List<Double> values = new ArrayList<>();
      flatten(actual, values);
      FloatBuffer expected = floats(json.get("values"));
      int step = json.get("step").asInt();
      double most = TOLERANCE * json.get("largest").asDouble();
      for (int i = 0; i < values.size(); i += step) {
        double value = expected.get();
        assertThat(values.get(i)).isBetween(value - most, value + most);
      }
      assertThat(expected.hasRemaining()).isFalse();
    }
  }

  /** All batches: of a TorchScript module and of a network from its state dict. */
  static List<Batch> batches() throws IOException {
    return root()
        .get("cases")
        .valueStream()
        .map(
            batch ->
                new Batch(
                    batch.get("model").asText(),
                    settings(batch),
                    batch.get("pictures").valueStream().map(Explained::new).toList()))
        .toList();
  }

  /** Pictures in the size that classifier.pt gets without settings. */
  public static List<Explained> pictures() throws IOException {
    return batches().stream()
        .filter(batch -> batch.settings.isEmpty())
        .flatMap(batch -> batch.pictures.stream())
        .toList();
  }

  /** A request of numbers; its data and its attribution. */
  static JsonNode numbers() throws IOException {
    return root().get("numbers");
  }

  /** Heat-maps over pictures, as matplotlib draws them. */
  static List<JsonNode> drawings() throws IOException {
    return root().get("drawings").valueStream().toList();
  }

  static Map<String, Object> settings(JsonNode json) {
    JsonNode size = json.get("size");
    return size.isNull()
        ? Map.of()
        : Map.of("imageSize", List.of(size.get(0).asInt(), size.get(1).asInt()));
  }

  private static FloatBuffer floats(JsonNode base64) {
    byte[] bytes = Base64.getDecoder().decode(base64.asText());
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }

  private static void flatten(JsonNode node, List<Double> values) {
    if (node.isNumber()) {
      values.add(node.asDouble());
    }
    node.forEach(child -> flatten(child, values));
  }
}
