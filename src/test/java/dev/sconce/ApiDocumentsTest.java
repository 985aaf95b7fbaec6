package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.http.RawClient;
import dev.sconce.http.RawClient.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each port tells in OpenAPI what may be asked of it. */
class ApiDocumentsTest {
  private static final Path OPENAPI = Path.of("src/main/resources/openapi");
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

  @TempDir static Path directory;
  private static RunningServer server;

  @BeforeAll
  static void start() throws Exception {
    Path store = Files.createDirectory(directory.resolve("store"));
    ContractStore.fill(store);
    server =
        new RunningServer(
            directory,
            store,
            List.of("echo.mar"),
            "default_workers_per_model=1",
            "enable_model_api=true");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonNode ask(int listener, String method, String path) throws Exception {
    try (RawClient client = new RawClient(server.address(listener))) {
      String head = method + " " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
      Reply reply = client.send(head.getBytes(StandardCharsets.UTF_8)).reply();
      assertThat(reply.status()).as(reply.body()).isEqualTo(200);
      assertThat(reply.header("content-type")).isEqualTo("application/json");
      byte[] body = reply.body().getBytes(StandardCharsets.ISO_8859_1);
      return new ObjectMapper().readTree(body);
    }
  }

  @Test
  void eachPortDescribesItselfWhole() throws Exception {
    List<String> names = List.of("inference", "management", "metrics");
    for (int port = 0; port < names.size(); port++) {
      JsonNode resource =
          new ObjectMapper().readTree(OPENAPI.resolve(names.get(port) + ".json").toFile());
      JsonNode told = ask(port, "OPTIONS", "/");
      assertThat(told).isEqualTo(ask(port, "GET", "/api-description"));
      assertThat(told.at("/info/version").asText()).isNotEmpty().isNotEqualTo("0");
      assertThat(names(told.get("paths"))).isEqualTo(names(resource.get("paths")));
      for (String path : names(told.get("paths"))) {
        assertThat(told.get("paths").get(path)).isEqualTo(resource.get("paths").get(path));
      }
    }
  }

  @Test
  void aModelsRoutesAreDescribedUnderItsName() throws Exception {
    JsonNode asked = ask(0, "OPTIONS", "/predictions/echo");
    assertThat(asked.at("/info/title").asText()).contains("echo");
    assertThat(names(asked.get("paths"))).contains("/predictions/echo", "/echo/predict");
    assertThat(asked.at("/paths/~1predictions~1echo/parameters")).isEmpty();
    checkDocument(asked);
    for (String path :
        List.of(
            "/predictions/echo/1.0",
            "/predictions/echo/1.0/more",
            "/explanations/echo",
            "/v1/models/echo:predict",
            "/echo/predict",
            "/echo/1.0/predict")) {
      assertThat(ask(0, "OPTIONS", path)).as(path).isEqualTo(asked);
    }
    JsonNode managed = ask(1, "OPTIONS", "/models/echo");
    assertThat(names(managed.get("paths"))).contains("/models/echo", "/models/echo/{version}");
    checkDocument(managed);
    assertThat(server.manage("OPTIONS", "/models/none").statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"inference", "management", "metrics"})
  void theDocumentsAreSound(String name) throws Exception {
    checkDocument(new ObjectMapper().readTree(OPENAPI.resolve(name + ".json").toFile()));
  }

  private static void checkDocument(JsonNode document) {
    assertThat(document.get("openapi").asText()).isEqualTo("3.0.3");
    assertThat(names(document.get("info"))).contains("title", "version");
    for (JsonNode reference : document.findValues("$ref")) {
      assertThat(document.at(reference.asText().substring(1)).isMissingNode())
          .as(reference.asText())
          .isFalse();
    }
    for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
      Set<String> variables = new TreeSet<>();
      for (JsonNode parameter : path.getValue().path("parameters")) {
        JsonNode found = document.at(parameter.get("$ref").asText().substring(1));
        assertThat(found.get("required").asBoolean()).isTrue();
        variables.add(found.get("name").asText());
      }
      assertThat(variablesOf(path.getKey())).isEqualTo(variables);
      for (String method : names(path.getValue())) {
        if (!method.equals("parameters")) {
          assertThat(METHODS).contains(method);
          checkOperation(path.getValue().get(method));
        }
      }
    }
    List<String> ids = document.findValues("operationId").stream().map(JsonNode::asText).toList();
    assertThat(ids).doesNotHaveDuplicates();
  }

  private static void checkOperation(JsonNode operation) {
    assertThat(operation.get("responses")).isNotEmpty();
    for (Map.Entry<String, JsonNode> response : operation.get("responses").properties()) {
      assertThat(response.getKey()).matches("[2-5]\\d\\d");
      assertThat(response.getValue().has("description") || response.getValue().has("$ref"))
          .isTrue();
    }
    for (JsonNode parameter : operation.path("parameters")) {
      assertThat(names(parameter)).contains("name", "in", "schema");
    }
  }

  private static Set<String> variablesOf(String path) {
    return Pattern.compile("\\{(\\w+)}")
        .matcher(path)
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> names(JsonNode object) {
    Set<String> names = new TreeSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
