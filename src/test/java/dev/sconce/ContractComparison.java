package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sconce.ContractDifferences.Difference;
import dev.sconce.http.RawClient.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * TorchServe's answer and ours.
 *
 * @param name the capture's
 * @param difference what may differ besides what differs everywhere
 */
record ContractComparison(String name, Reply theirs, Reply ours, Optional<Difference> difference) {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  /** What differs from run to run. */
  private static final List<String> RUN =
      List.of("id", "startTime", "memoryUsage", "pid", "request_id");

  /** Members that our descriptions have besides TorchServe's; README tells of them. */
  private static final List<String> OURS = List.of("handler", "failure");

  void check() throws Exception {
    List<String> found = new ArrayList<>();
    compare(found, "status", theirs.status(), ours.status());
    compare(found, "headers", headers(theirs), headers(ours));
    compare(found, "body", body(theirs), body(ours));
    String seen = name + "\n" + ours + "\nTorchServe: " + theirs;
    if (difference.isEmpty()) {
      assertThat(found).as(seen).isEmpty();
      return;
    }
    assertThat(found).as("no longer differs: %s", name).isNotEmpty();
    assertThat(summary()).as(seen).startsWith(difference.get().ours());
  }

  private static void compare(List<String> found, String what, Object theirs, Object ours) {
    if (!theirs.equals(ours)) {
      found.add(what + ": " + ours + "\n  TorchServe: " + theirs);
    }
  }

  /** Names, and the values that do not tell of the run or of the body's bytes. */
  private Set<String> headers(Reply reply) {
    Set<String> headers = new TreeSet<>();
    for (String line : reply.headers()) {
      String header = line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT);
      String value = line.substring(line.indexOf(':') + 1).strip();
      boolean differs = header.equals("x-request-id") || header.equals("content-length");
      if (!header.startsWith("access-control-")) { // CorsTest
        headers.add(differs ? header : header + ": " + value);
      }
    }
    if (theirs.header("content-type").isEmpty() && theirs.status() == 200) {
      headers.removeIf(header -> header.startsWith("content-type")); // NO_CONTENT_TYPE
    }
    if (theirs.status() >= 400) {
      headers.removeIf(header -> header.startsWith("connection:")); // CLOSES
    }
    if (theirs.status() == 405) {
      headers.removeIf(header -> header.startsWith("allow:")); // NO_ALLOW
    }
    return headers;
  }

  private Object body(Reply reply) {
    if (MetricsText.is(reply.body())) {
      Set<String> seen = MetricsText.labels(theirs.body()).keySet();
      return List.of(MetricsText.families(reply.body()), MetricsText.labels(reply.body(), seen));
    }
    try {
      JsonNode json = JSON.readTree(reply.body());
      if (isPrediction()) {
        return shape(json);
      }
      json.findParents("jobQueueStatus").forEach(model -> ((ObjectNode) model).remove(OURS));
      if (json.path("message").asText().startsWith(message(theirs))) {
        ((ObjectNode) json).put("message", message(theirs)); // ours may say more
      }
      return masked(json);
    } catch (JsonProcessingException e) {
      return reply.body();
    }
  }

  private static String message(Reply reply) throws JsonProcessingException {
    return JSON.readTree(reply.body()).path("message").asText(" ");
  }

  private boolean isPrediction() {
    boolean told = theirs.body().contains("\"batch_len\"");
    return theirs.status() == 200 && !told && name.matches("(pred|env)_.*");
  }

  private static String masked(JsonNode json) {
    String text = json.toString();
    for (String member : RUN) {
      text = text.replaceAll("\"" + member + "\":(\"[^\"]*\"|\\d+)", "\"" + member + "\":…");
    }
    return text.replaceAll("boundary=-+\\w+", "boundary=…");
  }

  /** Kinds of values, whatever their names, numbers and, in lists, repetitions. */
  private static String shape(JsonNode json) {
    if (json.isArray()) {
      return stream(json).map(ContractComparison::shape).distinct().collect(joined("[", "]"));
    }
    if (json.isObject()) {
      return stream(json).map(ContractComparison::shape).collect(joined("{", "}"));
    }
    return json.getNodeType().toString();
  }

  private static Collector<CharSequence, ?, String> joined(String a, String b) {
    return Collectors.joining(" ", a, b);
  }

  private static Stream<JsonNode> stream(JsonNode json) {
    List<JsonNode> elements = new ArrayList<>();
    json.forEach(elements::add);
    return elements.stream();
  }

  /** Status, type and message. */
  private String summary() throws JsonProcessingException {
    if (!ours.body().contains("\"type\"") || ours.status() < 400) {
      return "" + ours.status();
    }
    JsonNode error = JSON.readTree(ours.body());
    return ours.status() + " " + error.get("type").asText() + " " + error.get("message").asText();
  }
}
