package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.PackedMask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** What {@code learn.predict} answers: what {@code scripts/golden/unet_learner.py} wrote. */
record GoldenLearner(JsonNode json) {
  static final Path FILES = Path.of("src/test/resources/unet");

  static List<GoldenLearner> all() {
    try {
      JsonNode root = new ObjectMapper().readTree(FILES.resolve("learners.json").toFile());
      return root.valueStream().map(GoldenLearner::new).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static GoldenLearner of(String fileName) {
    return all().stream().filter(g -> g.toString().equals(fileName)).findFirst().orElseThrow();
  }

  @Override
  public String toString() {
    return json.get("file").asText();
  }

  Path file() {
    return FILES.resolve(toString());
  }

  List<Answer> answers() {
    return json.get("pictures").valueStream().map(Answer::new).toList();
  }

  /** fast.ai's answer to a picture of the folder {@code served}. */
  record Answer(JsonNode json) {
    Path picture() {
      return Path.of("src/test/resources/served").resolve(json.get("name").asText());
    }

    List<Integer> size() {
      return List.of(json.get("height").asInt(), json.get("width").asInt());
    }

    /** Fails unless the mask has fast.ai's size and 99.9 % of its pixels are fast.ai's. */
    void assertMask(Mask mask) throws IOException {
      assertThat(List.of(mask.height(), mask.width())).isEqualTo(size());
      byte[] expected = PackedMask.unpack(json.get("mask"));
      assertThat(PackedMask.agreement(mask.classes(), expected))
          .as("equal pixels of %s", picture())
          .isGreaterThanOrEqualTo(0.999);
    }

    /** Fails unless each is within 1e-3 of fast.ai's largest logit. */
    void assertLogits(float[] logits) {
      int stride = json.get("stride").asInt();
      double allowed = 1e-3 * json.get("largest").asDouble();
      JsonNode expected = json.get("logits");
      assertThat((logits.length + stride - 1) / stride).isEqualTo(expected.size());
      for (int i = 0; i < expected.size(); i++) {
        double value = expected.get(i).asDouble();
        assertThat((double) logits[i * stride])
            .as("logit %d of %s", i * stride, picture())
            .isBetween(value - allowed, value + allowed);
      }
    }
  }
}
