package dev.sconce.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.network.DynamicUnet.Options;
import dev.sconce.network.DynamicUnet.Range;
import dev.sconce.weights.StateDict;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.zip.InflaterInputStream;

/**
 * A U-Net with weights by formula, pictures, and what fast.ai answers to them: what {@code
 * scripts/golden/unet.py} wrote.
 */
final class GoldenUnet {
  private static final Path DIRECTORY = Path.of("src/test/resources/unet");
  private static final String PREFIX = "unet.";

  private final JsonNode json;

  private GoldenUnet(JsonNode json) {
    this.json = json;
  }

  static List<GoldenUnet> read(String fileName) {
    try {
      JsonNode root = new ObjectMapper().readTree(DIRECTORY.resolve(fileName).toFile());
      return root.valueStream().map(GoldenUnet::new).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static GoldenUnet narrow(String name) {
    return read("narrow.json").stream()
        .filter(golden -> golden.toString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public String toString() {
    return json.get("network").asText();
  }

  StateDict weights() {
    return Formula.stateDict("unet.pth", json.get("shapes"), PREFIX, lastNorm());
  }

  /** Weights that are too large for the heap, in a file. */
  StateDict weights(Path file) throws IOException {
    return Formula.mapped(file, json.get("shapes"), PREFIX, lastNorm());
  }

  private String lastNorm() {
    return json.get("lastNorm").asText();
  }

  Options options() {
    JsonNode settings = json.get("settings");
    JsonNode range = settings.path("y_range");
    return new Options(
        settings.path("blur").asBoolean(false),
        settings.path("blur_final").asBoolean(true),
        range.isMissingNode()
            ? Optional.empty()
            : Optional.of(new Range(range.get(0).asDouble(), range.get(1).asDouble())));
  }

  List<Picture> pictures() {
    return json.get("pictures").valueStream().map(Picture::new).toList();
  }

  /** A picture and fast.ai's answer to it. */
  static final class Picture {
    private final JsonNode json;

    private Picture(JsonNode json) {
      this.json = json;
    }

    String name() {
      return json.get("name").asText();
    }

    int height() {
      return json.get("height").asInt();
    }

    int width() {
      return json.get("width").asInt();
    }

    /** Fails unless each is within 1e-3 of fast.ai's largest logit. */
    void assertLogits(float[] logits) {
      int stride = json.get("stride").asInt();
      double allowed = 1e-3 * json.get("largest").asDouble();
      JsonNode expected = json.get("logits");
      assertThat(logits.length)
          .isBetween((expected.size() - 1) * stride + 1, stride * expected.size());
      for (int i = 0; i < expected.size(); i++) {
        double value = expected.get(i).asDouble();
        assertThat((double) logits[i * stride])
            .as("logit %d of %s", i * stride, name())
            .isBetween(value - allowed, value + allowed);
      }
    }

    /** Fails unless 99.9 % of the pixels are fast.ai's. */
    void assertMask(byte[] mask) {
      assertThat(share(mask)).as("equal pixels of %s", name()).isGreaterThanOrEqualTo(0.999);
    }

    /** Which part of the pixels has fast.ai's class. */
    double share(byte[] mask) {
      byte[] expected = mask();
      assertThat(mask).hasSameSizeAs(expected);
      int equal = 0;
      for (int i = 0; i < mask.length; i++) {
        equal += mask[i] == expected[i] ? 1 : 0;
      }
      return equal / (double) mask.length;
    }

    private byte[] mask() {
      byte[] packed = Base64.getDecoder().decode(json.get("mask").asText());
      try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(packed))) {
        return in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
