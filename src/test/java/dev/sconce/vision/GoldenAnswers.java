package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/** What TorchServe's picture handlers answer, by {@code scripts/golden/handlers.py}. */
public final class GoldenAnswers {
  /** Where the models and answers are. */
  public static final Path DIRECTORY = Path.of("src/test/resources/handlers");

  private static final Path PICTURES = Path.of("src/test/resources/image");
  private static final double TOLERANCE = 1e-5;
  private static final Pattern NUMBER = Pattern.compile("(?<![\"0-9])-?[0-9][-+.e0-9]*(?!\")");

  private final JsonNode root;

  private GoldenAnswers(JsonNode root) {
    this.root = root;
  }

  /** The answers for a model of that name. */
  public static GoldenAnswers of(String model) {
    try {
      return new GoldenAnswers(
          new ObjectMapper().readTree(DIRECTORY.resolve(model + ".json").toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A picture and its answer. */
  public record Asked(Path picture, JsonNode answer) {}

  /** Pictures of every format and kind; TorchServe itself answers to the RGB ones only. */
  public List<Asked> pictures() {
    return StreamSupport.stream(root.get("pictures").spliterator(), false)
        .map(row -> new Asked(PICTURES.resolve(row.get("picture").asText()), row.get("answer")))
        .toList();
  }

  /** The forms of {@code index_to_name.json}. */
  List<JsonNode> names() {
    List<JsonNode> forms = new ArrayList<>();
    root.get("names").forEach(forms::add);
    return forms;
  }

  /** The first answer with the names of {@link #names}. */
  JsonNode named() {
    return root.get("named");
  }

  /** The first answer as it goes over the wire, with N for each number. */
  String layout() {
    return withoutNumbers(root.get("layout").asText());
  }

  /** With N for each number. */
  static String withoutNumbers(String json) {
    return NUMBER.matcher(json).replaceAll("N");
  }

  /** Numbers within 1e-5, all else alike, members in the same order. */
  public static void assertAlike(JsonNode actual, JsonNode expected) {
    if (expected.isNumber()) {
      assertThat(actual.isNumber()).isTrue();
      double most = TOLERANCE * Math.max(1, Math.abs(expected.asDouble()));
      assertThat(Math.abs(actual.asDouble() - expected.asDouble())).isLessThanOrEqualTo(most);
      return;
    }
    assertThat(actual.getNodeType()).isEqualTo(expected.getNodeType());
    assertThat(actual.size()).isEqualTo(expected.size());
    List<String> names = new ArrayList<>();
    actual.fieldNames().forEachRemaining(names::add);
    assertThat(expected.fieldNames()).toIterable().containsExactlyElementsOf(names);
    if (expected.isTextual()) {
      assertThat(actual.asText()).isEqualTo(expected.asText());
    }
    for (int i = 0; i < expected.size(); i++) {
      boolean inObject = expected.isObject();
      assertAlike(
          inObject ? actual.get(names.get(i)) : actual.get(i),
          inObject ? expected.get(names.get(i)) : expected.get(i));
    }
  }

  /** A directory with a model of that name in it and nothing else. */
  static Path copy(String model, Path directory) throws IOException {
    Files.copy(DIRECTORY.resolve(model), directory.resolve(model));
    return directory;
  }
}
