package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.Faulty;
import com.example.Stuck;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a user's own handler does wrong costs the request or the registration that it is about, and
 * nothing else: not the others of its batch, not another model.
 */
class HandlerFaultsTest {
  private static final String REGISTER = "/models?initial_workers=1&synchronous=true&url=";

  @TempDir Path directory;
  private final CountDownLatch release = new CountDownLatch(1);
  private RunningServer server;

  @BeforeEach
  void start() throws Exception {
    System.getProperties().put(Faulty.RELEASE, release);
    Path store = directory.resolve("store");
    Path other = ModelFolder.make(store, "other", "base_handler", "minWorkers: 1");
    Files.copy(Path.of("src/test/resources/envelope/linear.pt"), other.resolve("linear.pt"));
    faulty(store, "faulty", "none");
    faulty(store, "throwing", "initialize");
    faulty(store, "failing", "initialize error");
    faulty(store, "hanging", "hang");
    ModelFolder.make(store, "stuck", Stuck.class, "");
    server = new RunningServer(directory, store, List.of("other"), "unregister_model_timeout=1");
  }

  @AfterEach
  void stop() {
    release.countDown();
    server.close();
    System.getProperties().remove(Faulty.RELEASE);
  }

  private static void faulty(Path store, String name, String fault) throws Exception {
    ModelFolder.make(
        store, name, Faulty.class, "batchSize: 4\nmaxBatchDelay: 500\nfault: " + fault);
  }

  private CompletableFuture<HttpResponse<String>> send(String model, String text) {
    return server
        .client()
        .sendAsync(
            server.predictRequest(model, "text/plain", text.getBytes(StandardCharsets.UTF_8)),
            BodyHandlers.ofString());
  }

  private static void assertRefused(HttpResponse<String> response, int status, String message)
      throws Exception {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    JsonNode error = RunningServer.json(response);
    assertThat(error.get("code").asInt()).isEqualTo(status);
    assertThat(error.get("message").asText()).isEqualTo(message);
  }

  private void assertOtherModelAnswers() throws Exception {
    HttpResponse<String> answer = send("other", "[1.0, 2.0, 3.0, 4.0]").join();
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(server.ping().statusCode()).isEqualTo(200);
  }

  private JsonNode worker() throws Exception {
    return RunningServer.json(server.manage("GET", "/models/faulty")).at("/0/workers/0");
  }

  private void register(String parameters) throws Exception {
    HttpResponse<String> answer = server.manage("POST", REGISTER + parameters);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  @Test
  void aRequestThatAStepFailsAtIsA500AndTheOthersOfItsBatchAreAnswered() throws Exception {
    register("faulty");
    JsonNode before = worker();
    for (String fault :
        List.of(
            "preprocess",
            "preprocess error",
            "inference",
            "inference error",
            "postprocess",
            "postprocess error",
            "too few",
            "too many",
            "no list",
            "no result",
            "no output")) {
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (String text : List.of("one", fault, "two", "three")) {
        answers.add(send("faulty", text));
      }
      assertRefused(answers.remove(1).join(), 500, "Prediction failed");
      assertThat(answers.stream().map(answer -> answer.join().body()))
          .as(fault)
          .containsExactly("one", "two", "three");
    }
    assertThat(worker().get("id")).isEqualTo(before.get("id"));
    assertThat(worker().get("startTime")).isEqualTo(before.get("startTime"));
    assertOtherModelAnswers();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "throwing | 400 | com.example.Faulty: initialize failed: java.lang.IllegalStateException: secret detail",
        "failing  | 500 | Failed to start workers for model failing version: 1.0: see the log"
      })
  void aHandlerThatCannotBeInitializedIsNotRegistered(String model, int status, String message)
      throws Exception {
    assertRefused(server.manage("POST", REGISTER + model), status, message);
    assertRefused(server.manage("GET", "/models/" + model), 404, "Model not found: " + model);
    assertOtherModelAnswers();
  }

  @Test
  void aHandlerThatIsNotInitializedInTimeIsNotRegistered() throws Exception {
    assertRefused(
        server.manage("POST", REGISTER + "hanging&startup_timeout=1"),
        500,
        "Failed to start workers for model hanging version: 1.0: not ready within 1 s");
    assertRefused(server.manage("GET", "/models/hanging"), 404, "Model not found: hanging");
    assertOtherModelAnswers();
  }

  @Test
  void handlersThatAreNeverMadeHoldUpNoOtherModel() throws Exception {
    for (int i = 0; i <= Runtime.getRuntime().availableProcessors(); i++) {
      assertRefused(
          server.manage("POST", REGISTER + "stuck&startup_timeout=1"),
          400,
          "stuck: choosing the handler: not done within 1 s (expected: within startup_timeout)");
    }
    assertThat(server.manage("POST", REGISTER + "faulty&model_name=more").statusCode())
        .isEqualTo(200);
    assertOtherModelAnswers();
  }

  @Test
  void whoWaitsForAHandlerThatHangsIsToldSoAndAnotherTakesItsPlace() throws Exception {
    register("faulty&response_timeout=3"); // longer than a worker pauses before it starts anew
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    answers.add(send("faulty", "hang"));
    while (!server.metrics().body().contains("requests_total{model_name=\"faulty\"")) {
      Thread.onSpinWait(); // the others might be there first
    }
    for (String text : List.of("one", "two", "three", "in the queue")) {
      answers.add(send("faulty", text));
    }
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertRefused(answer.join(), 408, "no answer within the response timeout");
    }
    assertThat(send("faulty", "again").join().body()).isEqualTo("again");
    assertOtherModelAnswers();
  }

  @Test
  void aModelWhoseHandlerHangsIsUnregisteredAllTheSame() throws Exception {
    register("faulty&response_timeout=1&batch_size=1");
    assertRefused(send("faulty", "hang on").join(), 408, "no answer within the response timeout");
    assertRefused(
        server.manage("DELETE", "/models/faulty"),
        408,
        "Timed out while cleaning resources: faulty");
    assertRefused(send("faulty", "one").join(), 404, "Model not found: faulty");
    assertOtherModelAnswers();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aHandlerThatFitsNotIntoTheServersEnvelopeIsRefusedAtRegistration(int workers)
      throws Exception {
    Path files = Files.createDirectory(directory.resolve("envelope"));
    try (RunningServer enveloping =
        new RunningServer(files, server.store, List.of(), "service_envelope=kserve")) {
      String parameters = "?url=faulty&synchronous=true&initial_workers=" + workers;
      assertRefused(
          enveloping.manage("POST", "/models" + parameters),
          400,
          "service_envelope: kserve: the handler com.example.Faulty gives no JSON values to put"
              + " into it (expected: one that implements dev.sconce.handler.JsonHandler)");
      assertRefused(enveloping.manage("GET", "/models/faulty"), 404, "Model not found: faulty");
    }
  }
}
