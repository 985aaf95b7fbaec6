package dev.sconce.network;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.weights.StateDict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A twin network with weights by formula, pairs of pictures, and what PyTorch answers to them: what
 * {@code scripts/golden/twin.py} wrote.
 */
public final class GoldenTwin {
  private static final Path DIRECTORY = Path.of("src/test/resources/twin");

  private final JsonNode json;
  private final String headPrefix;

  private GoldenTwin(JsonNode json) {
    this.json = json;
    this.headPrefix = json.path("headPrefix").asText("head.");
  }

  /** A golden file's networks, one or several. */
  public static List<GoldenTwin> read(String fileName) {
    try {
      JsonNode root = new ObjectMapper().readTree(DIRECTORY.resolve(fileName).toFile());
      Stream<JsonNode> networks = root.isArray() ? root.valueStream() : Stream.of(root);
      return networks.map(GoldenTwin::new).toList();
    } catch (IOException e) {
      throw new IllegalStateException(fileName, e);
    }
  }

  /** The make's name. */
  @Override
  public String toString() {
    return json.get("network").asText();
  }

  /** Pictures' height in pixels, as the network sees them. */
  public int height() {
    return json.get("imageSize").get(0).asInt();
  }

  /** Pictures' width in pixels. */
  public int width() {
    return json.get("imageSize").get(1).asInt();
  }

  /** The encoder's weights. */
  public StateDict encoder() {
    String lastNorm = json.get("lastNorm").asText();
    return Formula.stateDict("encoder.pth", json.get("encoder"), "encoder.", lastNorm);
  }

  /** The head's weights. */
  public StateDict head() {
    return Formula.stateDict("head.pth", json.get("head"), headPrefix, "bn2");
  }

  /** The network the weights make. */
  TwinNetwork network() {
    return TwinNetwork.infer(encoder(), head());
  }

  /** The pairs of pictures, in order. */
  public List<Pair> pairs() {
    return json.get("pairs").valueStream().map(Pair::new).toList();
  }

  /** Two pictures and PyTorch's answer to them. */
  public static final class Pair {
    private final JsonNode json;

    private Pair(JsonNode json) {
      this.json = json;
    }

    /** The left picture's name. */
    public String left() {
      return json.get("left").asText();
    }

    /** The right picture's name. */
    public String right() {
      return json.get("right").asText();
    }

    /** Fails unless they are within 1e-4 of the larger of 1 and PyTorch's largest logit. */
    public void assertLogits(List<Float> logits) {
      assertWithin(logits, numbers(json.get("logits")), 1);
    }

    /**
     * Fails unless each map is within 1e-4 of its largest value.
     *
     * @param left row by row
     * @param right row by row
     */
    public void assertMaps(List<Float> left, List<Float> right) {
      assertWithin(left, numbers(json.get("leftMap")), 0);
      assertWithin(right, numbers(json.get("rightMap")), 0);
    }
  }

  private static void assertWithin(List<Float> actual, List<Double> expected, double least) {
    double largest = expected.stream().mapToDouble(Math::abs).max().orElseThrow();
    assertNear(actual, expected, 1e-4 * Math.max(least, largest));
  }

  /** Fails unless each is as near to the expected one as is allowed. */
  static void assertNear(List<Float> actual, List<Double> expected, double allowed) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat((double) actual.get(i))
          .as("value %d of %s", i, expected)
          .isBetween(expected.get(i) - allowed, expected.get(i) + allowed);
    }
  }

  /** Nested lists of numbers, flat. */
  static List<Double> numbers(JsonNode node) {
    return node.isArray()
        ? StreamSupport.stream(node.spliterator(), false)
            .flatMap(child -> numbers(child).stream())
            .toList()
        : List.of(node.asDouble());
  }
}
