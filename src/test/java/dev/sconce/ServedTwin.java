package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What PyTorch answers for {@code twin.mar}, by {@code scripts/golden/served.py}. */
final class ServedTwin {
  private final JsonNode expected;

  ServedTwin() throws IOException {
    expected = new ObjectMapper().readTree(RunningServer.SERVED.resolve("expected.json").toFile());
  }

  int pairs() {
    return expected.get("pairs").size();
  }

  Path left(int pair) {
    return RunningServer.SERVED.resolve(expected.get("pairs").get(pair).get("left").asText());
  }

  Path right(int pair) {
    return RunningServer.SERVED.resolve(expected.get("pairs").get(pair).get("right").asText());
  }

  /** The form that asks about a pair. */
  MultipartForm form(int pair) throws IOException {
    return new MultipartForm().file("left", left(pair)).file("right", right(pair));
  }

  /** Fails unless that is the answer, to the byte of its layout and to 1e-4 of its numbers. */
  void assertAnswer(HttpResponse<String> response, int pair, boolean explained) throws IOException {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
    String layout = expected.get(explained ? "explainedLayout" : "layout").asText();
    assertThat(response.body().replaceAll("-?[0-9][-+.e0-9]*", "N")).isEqualTo(layout);
    JsonNode answer = RunningServer.json(response);
    JsonNode golden = expected.get("pairs").get(pair);
    assertWithin(numbers(answer, 0, 2), numbers(golden.get("logits")), 1);
    if (explained) {
      int rows = golden.get("leftMap").size();
      assertWithin(numbers(answer, 2, rows), numbers(golden.get("leftMap")), 0);
      assertWithin(numbers(answer, 2 + rows, rows), numbers(golden.get("rightMap")), 0);
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
