package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.http.LeakCheck;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.ServerSocket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What SageMaker asks of the container of a multi-model endpoint. */
@ExtendWith(LeakCheck.class)
class MultiModelTest {
  private static final String JSON = "application/json";

  @TempDir Path directory;
  private Path models;

  /** Models as SageMaker unpacks them: {@code opt/ml/models/NAME/model}. */
  @BeforeEach
  void unpack() throws Exception {
    models = Files.createDirectories(directory.resolve("container/opt/ml/models"));
    Path made = Files.createDirectory(directory.resolve("made"));
    ContractStore.fill(made);
    for (String name : List.of("echo", "stream", "badinit")) {
      Files.createDirectory(models.resolve(name));
      Files.move(made.resolve(name + ".mar"), models.resolve(name + "/model"));
    }
    Path twin = Files.createDirectories(models.resolve("twin/model"));
    Files.copy(GoldenPairs.SERVED.resolve("twin.mar"), twin.resolve("any.mar"));
    Files.writeString(twin.resolve("loose.pth"), "no weights");
    try (RandomAccessFile sparse =
        new RandomAccessFile(
            Files.createDirectories(models.resolve("huge/model")).resolve("a.pth").toFile(),
            "rw")) {
      sparse.setLength(1L << 43); // more than any machine has; takes no place on the disk
    }
  }

  private RunningServer server(String... lines) throws Exception {
    return RunningServer.withManyModels(directory, directory.resolve("container"), lines);
  }

  private String url(String model) {
    return models + "/" + model + "/model";
  }

  private String call(String name, String model) {
    return "{\"model_name\": \"%s\", \"url\": \"%s\"}".formatted(name, url(model));
  }

  private static HttpRequest post(RunningServer server, String path, String body) {
    return server.inference(path, JSON, body.getBytes(StandardCharsets.UTF_8)).build();
  }

  private static HttpResponse<String> ask(RunningServer server, String method, String path)
      throws Exception {
    return server.send(
        server
            .inference(path, JSON, new byte[0])
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build());
  }

  private HttpResponse<String> load(RunningServer server, String name, String model)
      throws Exception {
    return server.send(post(server, "/models", call(name, model)));
  }

  private static void assertAnswer(HttpResponse<String> answer, int status, String message)
      throws IOException {
    JsonNode body = RunningServer.json(answer);
    String text = body.path("message").asText(body.path("status").asText());
    assertThat(answer.statusCode() + " " + text).startsWith(status + " " + message);
  }

  @Test
  void aModelIsLoadedUnderItsHashAskedAndUnloaded() throws Exception {
    try (RunningServer server = server()) {
      assertThat(server.ping().statusCode()).isEqualTo(200);
      assertThat(ask(server, "GET", "/models").body()).isEqualTo("{\n  \"models\": []\n}\n");

      HttpResponse<String> loaded = load(server, "0af3", "echo");
      assertAnswer(loaded, 200, "Model \"0af3\" Version: 1.0 registered with 1 initial workers");
      HttpRequest invoke =
          server
              .inference("/models/0af3/invoke", "text/plain", new byte[] {'x'})
              .header("X-Amzn-SageMaker-Target-Model", "a/echo.tar.gz")
              .build();
      JsonNode seen = RunningServer.json(server.send(invoke));
      assertThat(seen.at("/data/body/value").asText()).isEqualTo("x");
      assertThat(seen.at("/headers/X-Amzn-SageMaker-Target-Model").asText())
          .isEqualTo("a/echo.tar.gz");

      String entry = "{\"modelName\":\"0af3\",\"modelUrl\":\"" + url("echo") + "\"}";
      assertThat(RunningServer.json(ask(server, "GET", "/models/0af3"))).hasToString(entry);
      assertThat(RunningServer.json(ask(server, "GET", "/models")))
          .hasToString("{\"models\":[" + entry + "]}");

      assertAnswer(ask(server, "DELETE", "/models/0af3"), 200, "Model \"0af3\" unregistered");
      for (String gone : List.of("GET /models/0af3", "DELETE /models/0af3")) {
        String[] parts = gone.split(" ");
        assertAnswer(ask(server, parts[0], parts[1]), 404, "Model not found: 0af3");
      }
      assertAnswer(server.send(invoke), 404, "Model not found: 0af3");
    }
  }

  @Test
  void anArchiveInTheModelsDirectoryIsServedAndTheLooseFilesBesideAreNot() throws Exception {
    try (RunningServer server = server("disable_token_authorization=false")) {
      assertAnswer(load(server, "t", "twin"), 200, "Model \"t\" Version: ");
      MultipartForm form =
          new MultipartForm()
              .file("left", Files.readAllBytes(Path.of("sample/pictures/cat1.jpg")))
              .file("right", Files.readAllBytes(Path.of("sample/pictures/cat2.jpg")));
      HttpRequest request = server.inference("/models/t/invoke", form).build();
      assertThat(RunningServer.json(server.send(request))).hasSize(2);
    }
  }

  @Test
  void ofTwoThatLoadTheSameNameOneWinsAndTheOtherIsToldSo() throws Exception {
    try (RunningServer server = server()) {
      HttpRequest request = post(server, "/models", call("one", "echo"));
      List<CompletableFuture<HttpResponse<String>>> both =
          List.of(
              server.client().sendAsync(request, BodyHandlers.ofString()),
              server.client().sendAsync(request, BodyHandlers.ofString()));
      CompletableFuture.allOf(both.get(0), both.get(1)).get(60, TimeUnit.SECONDS);
      assertThat(both.stream().map(CompletableFuture::join).map(HttpResponse::statusCode))
          .containsExactlyInAnyOrder(200, 409);
      assertAnswer(load(server, "one", "stream"), 409, "Model one is loaded already");
    }
  }

  @Test
  void aModelForWhichMemoryIsLackingIsRefusedAndItsNameIsFreeAgain() throws Exception {
    try (RunningServer server = server()) {
      String needs = "out of memory: it needs about ";
      assertAnswer(load(server, "a", "huge"), 507, "Model a: " + needs + "12583072 MB");
      assertAnswer(load(server, "a", "echo"), 200, "Model \"a\" Version: 1.0");
      // What the first model costs the process is there now.
      assertAnswer(load(server, "b", "huge"), 507, "Model b: " + needs + "12582976 MB");
      assertThat(server.ping().statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aModelThatCannotBeLoadedIsNotThereAndHarmsNoOther() throws Exception {
    try (RunningServer server = server()) {
      assertAnswer(load(server, "bad", "badinit"), 400, "com.example.BadInit: initialize failed");
      assertAnswer(ask(server, "GET", "/models/bad"), 404, "Model not found: bad");
      assertThat(RunningServer.json(ask(server, "GET", "/models")).get("models")).isEmpty();
      assertThat(server.ping().statusCode()).isEqualTo(200);
      assertAnswer(load(server, "bad", "echo"), 200, "Model \"bad\" Version: 1.0");
    }
  }

  private static final String REFUSED =
      """
       | 400 | body: none (expected: {"model_name"
      [ | 400 | body: no JSON at line 1, column 2 (exp
      [] | 400 | body: an empty list (expected:
      {"url": "MODELS/echo/model"} | 400 | model_name: missing (expected:
      {"model_name": 3, "url": "x"} | 400 | model_name: 3 (expected:
      {"model_name": "a"} | 400 | url: missing (expected:
      {"model_name": "a", "url": ""} | 400 | url: "" (expected:
      {"model_name": "a b", "url": "MODELS/echo/model"} | 400 | model_name: a b (expected:
      {"model_name": "a", "url": "MODELS/none/model"} | 404 | Model not found at: MODELS/none
      {"model_name": "a", "url": "MODELS/none/twin"} | 404 | Model not found at: MODELS/none/twin
      {"model_name": "a", "url": "echo/model"} | 404 | Model not found at: echo/model (expected
      {"model_name": "a", "url": "MODELS"} | 404 | Model not found at: MODELS (expected
      {"model_name": "a", "url": "MODELS/x/../echo/model"} | 404 | Model not found at: MODELS/x/..
      {"model_name": "a", "url": "MODELS/../../elsewhere"} | 404 | Model not found at: MODELS/../
      {"model_name": "a", "url": "MODELS-elsewhere/echo/model"} | 404 | Model not found at: MODELS-
      {"model_name": "a", "url": "/elsewhere/echo"} | 404 | Model not found at: /elsewhere/echo
      {"model_name": "a", "url": "file:///echo"} | 404 | Model not found at: file:///echo
      {"model_name": "a", "url": "MODELS/link"} | 404 | Model not found at: MODELS/link (a link
      {"model_name": "a", "url": "MODELS/inner"} | 400 | inner: away.pth
      """;

  @Test
  void whatIsNoCallOrLeadsElsewhereIsRefused() throws Exception {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Files.writeString(elsewhere.resolve("a.pth"), "");
    Files.createSymbolicLink(models.resolve("link"), elsewhere);
    Files.createDirectory(models.resolve("inner"));
    Files.createSymbolicLink(models.resolve("inner/away.pth"), elsewhere.resolve("a.pth"));
    try (RunningServer server = server()) {
      for (String line : REFUSED.replace("MODELS", models.toString()).split("\n")) {
        String[] row = line.split("\\|");
        HttpResponse<String> answer = server.send(post(server, "/models", row[0].strip()));
        assertAnswer(answer, Integer.parseInt(row[1].strip()), row[2].strip());
      }
      assertThat(RunningServer.json(ask(server, "GET", "/models")).get("models")).isEmpty();
    }
  }

  @Test
  void theListComesInPages() throws Exception {
    try (RunningServer server = server()) {
      load(server, "a", "echo");
      load(server, "b", "stream");
      JsonNode first = RunningServer.json(ask(server, "GET", "/models?limit=1"));
      assertThat(first.at("/models/0/modelName").asText()).isEqualTo("a");
      String next = first.get("nextPageToken").asText();
      JsonNode second =
          RunningServer.json(ask(server, "GET", "/models?limit=1&next_page_token=" + next));
      assertThat(second.at("/models/0/modelName").asText()).isEqualTo("b");
      assertThat(second.has("nextPageToken")).isFalse();
      assertAnswer(
          ask(server, "GET", "/models?next_page_token=x"), 400, "next_page_token: x (expected:");
      assertAnswer(ask(server, "GET", "/models?limit=0"), 400, "limit: 0 (expected:");
    }
  }

  @Test
  void anAnswerInPiecesIsSentInPieces() throws Exception {
    try (RunningServer server = server()) {
      load(server, "s", "stream");
      HttpResponse<String> answer = server.send(post(server, "/models/s/invoke", "{}"));
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("ts_stream_next")).contains("true");
    }
  }

  @Test
  void whereTheManagementApiHasTheSameAddressSageMakerManages() throws Exception {
    String address;
    try (ServerSocket free = new ServerSocket(0)) {
      address = "http://127.0.0.1:" + free.getLocalPort();
    }
    try (RunningServer server =
        server("inference_address=" + address, "management_address=" + address)) {
      load(server, "a", "echo");
      assertThat(RunningServer.json(ask(server, "GET", "/models/a")).isObject()).isTrue();
      assertThat(ask(server, "PUT", "/models/a?min_worker=2").statusCode()).isEqualTo(405);
    }
  }

  @Test
  void aForeignPageInABrowserNeitherLoadsNorUnloads() throws Exception {
    try (RunningServer server = server()) {
      load(server, "a", "echo");
      byte[] body = call("b", "echo").getBytes(StandardCharsets.UTF_8);
      HttpRequest.Builder load = server.inference("/models", "text/plain", body);
      HttpRequest.Builder unload = server.inference("/models/a", JSON, new byte[0]);
      unload.method("DELETE", HttpRequest.BodyPublishers.noBody());
      for (HttpRequest.Builder request : List.of(load, unload)) {
        request.header("Origin", "https://evil.example");
        assertAnswer(server.send(request.build()), 400, "Token Authorization failed.");
      }
      assertThat(RunningServer.json(ask(server, "GET", "/models")).get("models")).hasSize(1);
    }
  }

  @Test
  void withoutMultiModelModeNobodyLoadsWhereModelsAreAsked() throws Exception {
    try (RunningServer server = RunningServer.withTwin(directory)) {
      assertThat(load(server, "a", "echo").statusCode()).isEqualTo(404);
      assertThat(ask(server, "DELETE", "/models/twin").statusCode()).isEqualTo(404);
    }
  }
}
