package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Pairs of pictures and what PyTorch answers to them, as a script in {@code scripts/golden} wrote.
 */
final class GoldenPairs {
  static final Path SERVED = Path.of("src/test/resources/served");
  private static final Path SAMPLES = Path.of("src/test/resources/samples");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode layouts;
  private final JsonNode golden;
  private final Path pictures;

  private GoldenPairs(Path golden, Path pictures) throws IOException {
    this.layouts = JSON.readTree(SERVED.resolve("expected.json").toFile());
    this.golden = JSON.readTree(golden.toFile());
    this.pictures = pictures;
  }

  /** Those for {@code twin.mar}, by {@code served.py}. */
  static GoldenPairs served() throws IOException {
    return new GoldenPairs(SERVED.resolve("expected.json"), SERVED);
  }

  /** Those for the sample model, by {@code siamese.py}. */
  static GoldenPairs samples() throws IOException {
    return new GoldenPairs(SAMPLES.resolve("siamese.json"), Path.of("sample/pictures"));
  }

  int count() {
    return golden.get("pairs").size();
  }

  Path left(int pair) {
    return pictures.resolve(golden.get("pairs").get(pair).get("left").asText());
  }

  Path right(int pair) {
    return pictures.resolve(golden.get("pairs").get(pair).get("right").asText());
  }

  /** The form that asks about a pair. */
  MultipartForm form(int pair) throws IOException {
    return new MultipartForm().file("left", left(pair)).file("right", right(pair));
  }

  /** Fails unless that is the answer, to the byte of its layout and to 1e-4 of its numbers. */
  void assertAnswer(HttpResponse<String> response, int pair, boolean explained) throws IOException {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
    String layout = layouts.get(explained ? "explainedLayout" : "layout").asText();
    assertThat(response.body().replaceAll("-?[0-9][-+.e0-9]*", "N")).isEqualTo(layout);
    JsonNode answer = RunningServer.json(response);
    JsonNode expected = golden.get("pairs").get(pair);
    assertWithin(numbers(answer, 0, 2), numbers(expected.get("logits")), 1);
    if (explained) {
      int rows = expected.get("leftMap").size();
      assertWithin(numbers(answer, 2, rows), numbers(expected.get("leftMap")), 0);
      assertWithin(numbers(answer, 2 + rows, rows), numbers(expected.get("rightMap")), 0);
    }
  }

  private static List<Double> numbers(JsonNode list) {
    return numbers(list, 0, list.size());
  }

  private static List<Double> numbers(JsonNode list, int from, int count) {
    List<Double> numbers = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      JsonNode element = list.get(i);
      numbers.addAll(element.isArray() ? numbers(element) : List.of(element.asDouble()));
    }
    return numbers;
  }

  private static void assertWithin(List<Double> actual, List<Double> golden, double least) {
    double largest = golden.stream().mapToDouble(Math::abs).max().orElseThrow();
    double allowed = 1e-4 * Math.max(least, largest);
    assertThat(actual).hasSameSizeAs(golden);
    for (int i = 0; i < golden.size(); i++) {
      assertThat(actual.get(i)).isBetween(golden.get(i) - allowed, golden.get(i) + allowed);
    }
  }
}
