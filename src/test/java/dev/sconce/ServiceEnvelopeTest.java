package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** base_handler behind a real server, with and without {@code service_envelope}. */
class ServiceEnvelopeTest {
  private static final String ROW = "[1.0,2.0,3.0,4.0]";
  @TempDir Path directory;

  private RunningServer server(String... lines) throws Exception {
    Path store = directory.resolve("store");
    Path model = Files.createDirectories(store.resolve("linear"));
    Files.copy(Path.of("src/test/resources/envelope/linear.pt"), model.resolve("linear.pt"));
    Files.createDirectories(model.resolve("MAR-INF"));
    Files.writeString(
        model.resolve("MAR-INF/MANIFEST.json"),
        "{\"model\": {\"modelName\": \"linear\", \"modelVersion\": \"2.0\","
            + " \"handler\": \"base_handler\", \"serializedFile\": \"linear.pt\","
            + " \"configFile\": \"model-config.yaml\"}}");
    Files.writeString(
        model.resolve("model-config.yaml"), "minWorkers: 1\nbatchSize: 8\nmaxBatchDelay: 100\n");
    return new RunningServer(directory, store, List.of("linear"), lines);
  }

  private static HttpResponse<String> send(RunningServer server, String body) throws Exception {
    return server.send(
        server.predictRequest("linear", "application/json", body.getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "service_envelope=body"})
  void withoutAnEnvelopeAListIsOneRow(String line) throws Exception {
    try (RunningServer server = server(line)) {
      HttpResponse<String> answer = send(server, ROW);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).matches("\\[\n  -4\\.\\d+,\n  0\\.\\d+,\n  1\\.\\d+\n]");
      assertThat(send(server, "{\"instances\": [" + ROW + "]}").statusCode()).isEqualTo(400);
    }
  }

  @Test
  void requestsOfOneBatchEachHaveTheirOwnInstancesAndOneIsRefusedAlone() throws Exception {
    try (RunningServer server = server("service_envelope=json")) {
      String one = send(server, instances(ROW)).body();
      assertThat(one).startsWith("{\"predictions\": [[-4.").endsWith("]]}");
      List<String> bodies =
          List.of(
              instances(ROW),
              instances(ROW + "," + ROW + "," + ROW),
              instances("[1.5]"),
              instances(ROW + ",[\"x\"]"));
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (String body : bodies) {
        answers.add(
            server
                .client()
                .sendAsync(
                    server.predictRequest(
                        "linear", "application/json", body.getBytes(StandardCharsets.UTF_8)),
                    BodyHandlers.ofString()));
      }
      String row = one.substring(one.indexOf("[[") + 1, one.indexOf("]]") + 1);
      assertThat(answers.get(0).join().body()).isEqualTo(one);
      assertThat(answers.get(1).join().body())
          .isEqualTo("{\"predictions\": [" + row + ", " + row + ", " + row + "]}");
      assertThat(answers.get(2).join().statusCode()).isEqualTo(400);
      assertThat(answers.get(2).join().body())
          .contains("the model refuses a batch of 1 of FP32 [1]: mat1 and mat2 shapes");
      assertThat(answers.get(3).join().statusCode()).isEqualTo(400);
      assertThat(answers.get(3).join().body()).contains("instances[1]: body[0]: ");
      assertThat(server.manage("GET", "/models/linear").body())
          .contains("\"serviceEnvelope\": \"json\"");
    }
  }

  private static String instances(String rows) {
    return "{\"instances\":[" + rows + "]}";
  }

  @Test
  void theSecondProtocolsAnswerNamesModelVersionAndInputs() throws Exception {
    try (RunningServer server = server("service_envelope=kservev2")) {
      HttpResponse<String> answer =
          send(
              server,
              "{\"id\": \"abc\", \"inputs\": [{\"name\": \"in\", \"shape\": [4],"
                  + " \"datatype\": \"FP32\", \"data\": [1, 2, 3, 4]}]}");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(RunningServer.json(answer).get("id").asText()).isEqualTo("abc");
      assertThat(RunningServer.json(answer).get("model_name").asText()).isEqualTo("linear");
      assertThat(RunningServer.json(answer).get("model_version").asText()).isEqualTo("2.0");
      assertThat(RunningServer.json(answer).at("/outputs/0/name").asText()).isEqualTo("in");
      assertThat(RunningServer.json(answer).at("/outputs/0/shape").toString()).isEqualTo("[3]");
    }
  }
}
