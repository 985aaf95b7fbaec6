package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.Echo;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.http.LeakCheck;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What SageMaker asks of a container that serves real-time endpoints and batch transforms. */
@ExtendWith(LeakCheck.class)
class InvocationsTest {
  private static final String PATH = "/invocations";
  private static final String TEXT = "text/plain";
  private static final String FORM = "application/x-www-form-urlencoded";

  @TempDir Path directory;

  private RunningServer server(List<String> models, String... lines) throws Exception {
    Path store = Files.createDirectory(directory.resolve("store"));
    ContractStore.fill(store);
    return new RunningServer(directory, store, models, lines);
  }

  private static HttpRequest.Builder post(RunningServer server, String query, String type) {
    return server.inference(PATH + query, type, "x=1".getBytes(StandardCharsets.UTF_8));
  }

  /** The name of the model that answered, which its families on {@code /metrics} tell. */
  private static String asked(RunningServer server, HttpRequest.Builder request, String... models)
      throws Exception {
    List<String> before = requests(server, models);
    HttpResponse<String> answer = server.send(request.build());
    if (answer.statusCode() != 200) {
      return answer.statusCode() + " " + RunningServer.json(answer).get("message").asText();
    }
    List<String> after = requests(server, models);
    for (int i = 0; i < models.length; i++) {
      if (!after.get(i).equals(before.get(i))) {
        return models[i];
      }
    }
    return "nobody";
  }

  private static List<String> requests(RunningServer server, String... models) throws Exception {
    String metrics = server.metrics().body();
    List<String> counts = new ArrayList<>();
    for (String model : models) {
      String start = "ts_inference_requests_total{model_name=\"" + model + "\"";
      counts.add(metrics.lines().filter(line -> line.startsWith(start)).toList().toString());
    }
    return counts;
  }

  private static final String ASKED =
      """
      ?model_name=noop          |                   | x=1              | noop
      ?model_name=              |                   | x=1              | echo
      ?model_name=none          |                   | x=1              | 404 Model not found: none
                                |                   | x=1              | echo
                                |                   | model_name=noop  | noop
                                |                   | model_name=none  | echo
                                | noop              | x=1              | noop
                                | noop_v1.0.tar.gz  | x=1              | noop
                                | some/echo.mar     | x=1              | echo
                                | noop              | model_name=echo  | noop
      ?model_name=echo          | noop              | x=1              | echo
                                | none              | x=1              | 404 Model not found: none, of the header x-amzn-sagemaker-target-model (registered: echo, noop)
      """;

  @Test
  void theQueryTheTargetTheFormOrTheOnlyStartupModelIsAsked() throws Exception {
    try (RunningServer server = server(List.of("echo.mar"), "default_workers_per_model=1")) {
      server.manage("POST", "/models?url=noop_v1.0.mar&initial_workers=1");
      for (String line : ASKED.split("\n")) {
        List<String> row = Stream.of(line.split("\\|")).map(String::strip).toList();
        byte[] form = row.get(2).getBytes(StandardCharsets.UTF_8);
        HttpRequest.Builder request = server.inference(PATH + row.get(0), FORM, form);
        if (!row.get(1).isEmpty()) {
          request.header("X-Amzn-SageMaker-Target-Model", row.get(1));
        }
        assertThat(asked(server, request, "echo", "noop")).as(line).isEqualTo(row.get(3));
      }
    }
  }

  @Test
  void whereNoModelIsMeantTheOnlyOneIsAskedAndOfSeveralTheNamesAreTold() throws Exception {
    try (RunningServer server = server(List.of())) {
      assertThat(asked(server, post(server, "", TEXT), "echo"))
          .isEqualTo("400 Parameter model_name is required. (no model is registered)");
      server.manage("POST", "/models?url=echo.mar&initial_workers=1");
      assertThat(asked(server, post(server, "", TEXT), "echo")).isEqualTo("echo");
      server.manage("POST", "/models?url=noop_v1.0.mar&initial_workers=1");
      assertThat(asked(server, post(server, "", TEXT), "echo"))
          .isEqualTo("400 Parameter model_name is required. (registered: echo, noop)");
    }
  }

  @Test
  void theHandlerSeesWhatSageMakersHeadersSayAndUnknownOnesHarmNobody() throws Exception {
    try (RunningServer server = server(List.of("echo.mar"), "default_workers_per_model=1")) {
      String attributes = "a=1;" + "~".repeat(1020);
      HttpRequest request =
          post(server, "", TEXT)
              .header("X-Amzn-SageMaker-Custom-Attributes", attributes)
              .header("X-Amzn-SageMaker-Inference-Id", "id-1")
              .header("X-Amzn-SageMaker-Target-Variant", "blue")
              .header("X-Amzn-SageMaker-Target-Container-Hostname", "second")
              .header("X-Amzn-SageMaker-Session-Id", "NEW_SESSION")
              .header("X-Amzn-Of-Tomorrow", "?")
              .build();
      HttpResponse<String> answer = server.send(request);
      JsonNode seen = RunningServer.json(answer).get("headers");
      assertThat(seen.get("X-Amzn-SageMaker-Custom-Attributes").asText()).isEqualTo(attributes);
      assertThat(seen.get("X-Amzn-SageMaker-Inference-Id").asText()).isEqualTo("id-1");
      assertThat(seen.get("X-Amzn-SageMaker-Target-Variant").asText()).isEqualTo("blue");
      assertThat(seen.get("X-Amzn-Of-Tomorrow").asText()).isEqualTo("?");
      // As from TorchServe and AWS's own containers: only a handler answers with such headers.
      assertThat(answer.headers().map().keySet()).noneMatch(name -> name.startsWith("x-amzn"));
    }
  }

  @Test
  void pingAnswersWhileEveryWorkerIsBusyAndTheQueueIsFull() throws Exception {
    LinkedBlockingQueue<CountDownLatch> held = new LinkedBlockingQueue<>();
    System.getProperties().put(Echo.HELD, held);
    try (RunningServer server =
        server(List.of("echo.mar"), "default_workers_per_model=1", "job_queue_size=1")) {
      List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
      waiting.add(sleeping(server));
      CountDownLatch first = held.poll(60, TimeUnit.SECONDS);
      CompletableFuture<Object> full = new CompletableFuture<>();
      for (int i = 0; i < 2; i++) {
        CompletableFuture<HttpResponse<String>> answer = sleeping(server);
        waiting.add(answer);
        // Whom the queue has no place for is told at once.
        CompletableFuture<Void> unused = answer.thenAccept(full::complete);
      }
      HttpResponse<?> refused = (HttpResponse<?>) full.get(60, TimeUnit.SECONDS);
      assertThat(refused.statusCode()).isEqualTo(503);

      for (HttpRequest.Builder ping :
          List.of(
              server.inference("/ping", TEXT, new byte[0]).GET(),
              server.inference("/ping", TEXT, new byte[0]),
              server.inference("/ping", "application/json", new byte[] {'{', '}'}))) {
        HttpResponse<String> pong = server.send(ping.build());
        assertThat(pong.statusCode()).isEqualTo(200);
        assertThat(pong.body()).contains("Healthy");
      }
      assertThat(first).isNotNull().satisfies(CountDownLatch::countDown);
      CountDownLatch second = held.poll(60, TimeUnit.SECONDS);
      assertThat(second).isNotNull().satisfies(CountDownLatch::countDown);
      CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
    } finally {
      System.getProperties().remove(Echo.HELD);
    }
  }

  private static CompletableFuture<HttpResponse<String>> sleeping(RunningServer server) {
    HttpRequest request = server.inference(PATH + "?mode=sleep", TEXT, new byte[] {'x'}).build();
    return server.client().sendAsync(request, BodyHandlers.ofString());
  }

  @Test
  void batchPayloadsOf100MegabytesAreTaken() throws Exception {
    int size = 100 << 20;
    try (RunningServer server =
        server(List.of("echo.mar"), "default_workers_per_model=1", "max_request_size=" + size)) {
      byte[] piece = new byte[1 << 20];
      Iterable<byte[]> pieces = () -> Stream.generate(() -> piece).limit(100).iterator();
      HttpRequest request =
          post(server, "", "application/x-npy")
              .POST(BodyPublishers.fromPublisher(BodyPublishers.ofByteArrays(pieces), size))
              .build();
      HttpResponse<String> answer = server.send(request);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(RunningServer.json(answer).at("/data/body/len").asInt()).isEqualTo(size);
      assertThat(RunningServer.json(parameters(server)).get("MaxPayloadInMB").asInt())
          .isEqualTo(100);
    }
  }

  private static HttpResponse<String> parameters(RunningServer server) throws Exception {
    return server.send(server.inference("/execution-parameters", TEXT, new byte[0]).GET().build());
  }

  @Test
  void executionParametersAreToldAsSageMakerReadsThem() throws Exception {
    try (RunningServer server = server(List.of("echo_batch.mar"))) {
      HttpResponse<String> answer = parameters(server);
      assertThat(answer.headers().firstValue("content-type")).contains("application/json");
      // One worker that takes batches of 4; 6 MB is what TorchServe's limit of 6 553 500 bytes is.
      assertThat(RunningServer.json(answer).toString())
          .isEqualTo(
              "{\"MaxConcurrentTransforms\":4,\"BatchStrategy\":\"SINGLE_RECORD\",\"MaxPayloadInMB\":6}");
    }
  }
}
