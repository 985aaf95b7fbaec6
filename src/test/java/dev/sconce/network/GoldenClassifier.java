package dev.sconce.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.weights.InMemory;
import dev.sconce.weights.Shape;
import dev.sconce.weights.StateDict;
import dev.sconce.weights.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/**
 * A classifier with weights by formula, pictures by formula, and what PyTorch answers to them: what
 * {@code scripts/golden/classifiers.py} wrote.
 */
public final class GoldenClassifier {
  private static final Path DIRECTORY = Path.of("src/test/resources/classifiers");

  private final JsonNode json;

  private GoldenClassifier(JsonNode json) {
    this.json = json;
  }

  /** All networks whose answers are kept, but for {@link #vgg16}. */
  public static List<GoldenClassifier> all() {
    return read("logits.json");
  }

  /** The tutorials' own networks, whose weights are half a gigabyte each. */
  static List<GoldenClassifier> vgg16() {
    return read("vgg16.json");
  }

  private static List<GoldenClassifier> read(String fileName) {
    try {
      JsonNode root = new ObjectMapper().readTree(DIRECTORY.resolve(fileName).toFile());
      return root.valueStream().map(GoldenClassifier::new).toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The network of that name. */
  public static GoldenClassifier named(String name) {
    return all().stream().filter(g -> g.toString().equals(name)).findFirst().orElseThrow();
  }

  /** What torchvision's constructors make: keys and shapes, the same number everywhere. */
  static Map<String, StateDict> makes() {
    try (InputStream file = Files.newInputStream(DIRECTORY.resolve("makes.json.gz"));
        InputStream text = new GZIPInputStream(file)) {
      return new ObjectMapper()
          .readTree(text).properties().stream()
              .collect(Collectors.toMap(Map.Entry::getKey, e -> shapesOnly(e.getValue())));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static StateDict shapesOnly(JsonNode shapes) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    shapes
        .properties()
        .forEach(
            entry -> {
              Shape shape =
                  new Shape(entry.getValue().valueStream().map(JsonNode::asLong).toList());
              tensors.put(entry.getKey(), InMemory.everywhere(0.5f, shape));
            });
    return InMemory.stateDict("model.pth", tensors);
  }

  @Override
  public String toString() {
    return json.get("network").asText();
  }

  /** The network's weights. */
  public StateDict weights() {
    return Formula.stateDict("model.pth", json.get("weights"), "", json.get("lastNorm").asText());
  }

  /** The network's weights in a file, which is made, rather than in the heap. */
  StateDict weights(Path file) throws IOException {
    return Formula.mapped(file, json.get("weights"), "", json.get("lastNorm").asText());
  }

  /** The pictures, by their size: those of one group make a batch. */
  List<List<Picture>> pictures() {
    return json
        .get("pictures")
        .valueStream()
        .map(Picture::new)
        .collect(
            Collectors.groupingBy(
                p -> List.of(p.height(), p.width()), LinkedHashMap::new, Collectors.toList()))
        .values()
        .stream()
        .toList();
  }

  /** A picture and PyTorch's answer to it. */
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

    /** Fails unless they are within 1e-4 of PyTorch's largest logit, be it ever so small. */
    void assertLogits(List<Float> logits) {
      assertWithin(1e-4, logits, "logits");
    }

    /**
     * Fails unless they are within 1e-3 of the largest: where two values in a pooling's window are
     * all but equal, rounding tells which of them has the gradient.
     *
     * @param colours for each the sum of the absolute gradient of the first logit
     */
    void assertGradient(List<Float> colours) {
      assertWithin(1e-3, colours, "gradient");
    }

    private void assertWithin(double part, List<Float> actual, String key) {
      List<Double> expected = GoldenTwin.numbers(json.get(key));
      double largest = expected.stream().mapToDouble(Math::abs).max().orElseThrow();
      GoldenTwin.assertNear(actual, expected, part * largest);
    }
  }
}
