package dev.sconce.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.handler.Device;
import dev.sconce.http.Filter;
import dev.sconce.http.Response;
import dev.sconce.http.Router;
import dev.sconce.metrics.MetricRegistry;
import dev.sconce.metrics.MetricsMode;
import dev.sconce.model.ModelsFixture;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenApiTest {

  @TempDir Path directory;

  /** The routes of all three APIs, as they are at one address. */
  private Set<String> routes(boolean modelApi) {
    Router.Builder router = Router.builder(new ErrorResponses());
    try (ModelsFixture fixture = new ModelsFixture(directory)) {
      new InvocationsApi(fixture.models).addTo(router, Filter.OPEN, Filter.OPEN);
      new InferenceApi(fixture.models, () -> true).addTo(router, Filter.OPEN);
      new ManagementApi(fixture.models, new DescriptionJson(1, () -> 1), modelApi)
          .addTo(router, Filter.OPEN);
    }
    new MetricsApi(new MetricRegistry(MetricsMode.ALL, Clock.systemUTC())).addTo(router);
    OpenApi.addTo(router);
    Set<String> routes = new TreeSet<>(router.routes());
    routes.add("* /token"); // the auth room's
    routes.add("GET /execution-parameters"); // SageMaker's
    return routes;
  }

  private static Set<String> described(JsonNode document) {
    Set<String> operations = new TreeSet<>();
    for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
      for (String method : OpenApi.methods(path.getValue())) {
        operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
      }
    }
    return operations;
  }

  @Test
  void everyRouteStandsInADocument() {
    Set<String> operations = described(OpenApi.describing(routes(true)));
    for (String route : routes(true)) {
      String path = route.substring(route.indexOf(' ')).replace("...", "");
      assertThat(operations)
          .as(route)
          .anyMatch(
              operation ->
                  route.startsWith("*")
                      ? operation.endsWith(path)
                      : operation.equals(route.replace("...", "")));
    }
  }

  @Test
  void routesAtOneAddressStandInOneDocumentThatNamesAllItsApis() {
    JsonNode document = OpenApi.describing(routes(true));
    assertThat(document.at("/info/title").asText())
        .isEqualTo("Sconce: inference API, Sconce: management API, Sconce: metrics API");
    assertThat(described(document)).contains("GET /ping", "POST /models", "GET /metrics");
    for (JsonNode reference : document.findValues("$ref")) {
      assertThat(document.at(reference.asText().substring(1)).isMissingNode()).isFalse();
    }
  }

  @Test
  void whatIsSwitchedOffIsNotDescribed() {
    assertThat(described(OpenApi.describing(routes(false))))
        .contains("GET /models", "PUT /models/{model}")
        .doesNotContain("POST /models", "DELETE /models/{model}");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void ofAModelsRoutesThoseAreDescribedThatThereAre(boolean modelApi) throws Exception {
    Response response =
        OpenApi.ofModel(
            "management", DescriptionJsonTest.describedOn(Device.CPU), routes(modelApi));
    String body = UTF_8.decode(((Response.Whole) response.content()).bytes()).toString();
    Set<String> operations = described(new ObjectMapper().readTree(body));
    assertThat(operations)
        .contains("GET /models/siamese", "PUT /models/siamese", "OPTIONS /models/siamese");
    assertThat(operations.contains("DELETE /models/siamese")).isEqualTo(modelApi);
    assertThat(operations.contains("DELETE /models/siamese/{version}")).isEqualTo(modelApi);
  }
}
