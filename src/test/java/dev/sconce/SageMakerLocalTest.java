package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.Streamer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.sagemaker.LocalFiles;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SageMaker's runtime API on a laptop, as its clients' requests and answers are on the wire. */
// A file that is waited for may never come.
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SageMakerLocalTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PREFIX = "X-Amzn-SageMaker-";
  private static final String AUTHORIZATION =
      "AWS4-HMAC-SHA256 Credential=a/20300101/eu-west-1/sagemaker/aws4_request, Signature=0";

  private static final int IN_WORK_AND_WAITING = 8 + 256;

  @TempDir Path directory;
  private final CountDownLatch release = new CountDownLatch(1);
  private Path local;
  private RunningServer server;

  @BeforeEach
  void start() throws Exception {
    System.getProperties().put(Streamer.RELEASE, release);
    local = directory.resolve("s3");
    Path store = directory.resolve("store");
    ModelFolder.make(store, "streamer", Streamer.class, "minWorkers: 1");
    ModelFolder.make(store, "other", Streamer.class, "minWorkers: 1");
    server =
        RunningServer.withSageMakerLocal(directory, store, local, List.of("streamer", "other"));
  }

  @AfterEach
  void stop() {
    release.countDown();
    server.close();
    System.getProperties().remove(Streamer.RELEASE);
  }

  private HttpResponse<String> call(String path, String body, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port(0) + path))
            .header("Authorization", AUTHORIZATION)
            .POST(body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return server.send(request.build());
  }

  private HttpResponse<String> invoke(String body, String... headers) throws Exception {
    return call("/endpoints/streamer/invocations", body, headers);
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("none");
  }

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    return JSON.readTree(response.body());
  }

  @Test
  void anEndpointAnswersAsItsModel() throws Exception {
    HttpResponse<String> answer = invoke("session", "Content-Type", "text/plain");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("hello");
    assertThat(header(answer, "Content-Type")).isEqualTo("text/plain");
    assertThat(header(answer, "X-Amzn-Invoked-Production-Variant")).isEqualTo("AllTraffic");
    assertThat(header(answer, PREFIX + "Custom-Attributes")).isEqualTo("a=1");
    assertThat(header(answer, PREFIX + "New-Session-Id")).startsWith("s1; ");
    assertThat(header(answer, "X-Amzn-RequestId")).isEqualTo(header(answer, "x-request-id"));
    assertThat(header(answer, "X-Secret")).isEqualTo("none");
  }

  @Test
  void aModelSeesTheHeadersThatSageMakerGivesItAndNoOthers() throws Exception {
    HttpResponse<String> answer =
        invoke(
            "headers",
            "Accept",
            "a/b",
            "Cookie",
            "secret",
            PREFIX + "Custom-Attributes",
            "a=1",
            PREFIX + "Target-Variant",
            "blue",
            PREFIX + "Inference-Id",
            "i-1",
            PREFIX + "Session-Id",
            "s1",
            PREFIX + "Enable-Explanations",
            "true",
            PREFIX + "Inference-Component",
            "c1");
    assertThat(json(answer).fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "Accept",
            "content-length",
            PREFIX + "Custom-Attributes",
            PREFIX + "Enable-Explanations",
            PREFIX + "Inference-Component",
            PREFIX + "Inference-Id",
            PREFIX + "Session-Id",
            PREFIX + "Target-Variant");
    assertThat(header(answer, "X-Amzn-Invoked-Production-Variant")).isEqualTo("blue");
  }

  @ParameterizedTest
  @CsvSource({
    "bad, 400, 'text: bad (expected: good)', client",
    "teapot, 418, short and stout, client",
    "teapot in pieces, 418, piece0 , client",
    "early, 400, 'piece: 0 (expected: another)', client",
  })
  void whatAModelRefusesIsAModelError(String text, int status, String message, String side)
      throws Exception {
    for (String route : List.of("invocations", "invocations-response-stream")) {
      HttpResponse<String> answer = call("/endpoints/streamer/" + route, text);
      assertThat(answer.statusCode()).isEqualTo(424);
      assertThat(header(answer, "x-amzn-ErrorType")).isEqualTo("ModelError");
      assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
      JsonNode error = json(answer);
      assertThat(error.get("OriginalStatusCode").intValue()).isEqualTo(status);
      assertThat(error.get("OriginalMessage").textValue()).contains(message);
      assertThat(error.get("Message").textValue())
          .startsWith("Received " + side + " error (" + status + ") from primary with message \"");
      assertThat(error.get("LogStreamArn").textValue())
          .endsWith(":log-group:/aws/sagemaker/Endpoints/streamer");
    }
  }

  @Test
  void aTargetModelCountsMoreThanTheEndpointsName() throws Exception {
    HttpResponse<String> answer = invoke("x", PREFIX + "Target-Model", "nosuch.tar.gz");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).get("Message").textValue()).contains("nosuch.tar.gz");
    assertThat(invoke("x", PREFIX + "Target-Model", "other").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"invocations", "invocations-response-stream", "async-invocations"})
  void anEndpointThatNobodyKnowsIsAValidationError(String route) throws Exception {
    HttpResponse<String> answer = call("/endpoints/nosuch/" + route, "x");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(header(answer, "x-amzn-ErrorType")).isEqualTo("ValidationError");
    assertThat(json(answer).get("Message").textValue())
        .isEqualTo(
            "Endpoint nosuch of account 000000000000 not found."
                + " (Here endpoints have the models' names: other, streamer)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"..%2F..", "..", "a%00b", "%2Fetc", "a%5Cb", ".a", "a%0Ab"})
  void anEndpointsNameIsNoPath(String name) throws Exception {
    HttpResponse<String> answer = call("/endpoints/" + name + "/async-invocations", "x");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(LocalFiles.below(local)).isEmpty();
  }

  @Test
  void aStreamComesInFrames() throws Exception {
    HttpResponse<String> answer =
        call(
            "/endpoints/streamer/invocations-response-stream",
            "pieces",
            PREFIX + "Accept",
            "text/plain");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/vnd.amazon.eventstream");
    assertThat(header(answer, PREFIX + "Content-Type")).isEqualTo("text/plain");
    assertThat(header(answer, "ts_stream_next")).isEqualTo("none");
    assertThat(answer.body().split("PayloadPart", -1)).hasSize(5);
    assertThat(answer.body()).contains("piece0 ", "piece1 ", "piece2 ", "piece3 ");
  }

  @Test
  void aStreamThatBreaksEndsWithAnException() throws Exception {
    HttpResponse<String> answer = call("/endpoints/streamer/invocations-response-stream", "late");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .contains(
            "piece1 ", ":exception-type", "ModelStreamError", "\"ErrorCode\": \"StreamBroken\"")
        .contains("piece: 2 (expected: another)");
  }

  @Test
  void aStreamWithoutPiecesIsAnAnswerWithoutFrames() throws Exception {
    HttpResponse<String> answer =
        call("/endpoints/streamer/invocations-response-stream", "no pieces");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void aWholeAnswerIsOneFrame() throws Exception {
    HttpResponse<String> answer = call("/endpoints/streamer/invocations-response-stream", "x");
    assertThat(answer.body().split("PayloadPart", -1)).hasSize(2);
  }

  @Test
  void whoWantsTheAnswerInOneGetsTheWholeStream() throws Exception {
    assertThat(invoke("pieces").body()).isEqualTo("piece0 piece1 piece2 piece3 ");
  }

  private HttpResponse<String> later(String body, String... headers) throws Exception {
    return call("/endpoints/streamer/async-invocations", body, headers);
  }

  /** The file at a location, once it is there. */
  private String awaited(HttpResponse<String> answer, String location) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    Path file = local.resolve(header(answer, PREFIX + location).substring("s3://".length()));
    while (!Files.exists(file)) {
      Thread.onSpinWait();
    }
    return Files.readString(file);
  }

  @Test
  void aLaterAnswerIsAFile() throws Exception {
    HttpResponse<String> answer = later("hello", PREFIX + "Inference-Id", "i-1");
    assertThat(awaited(answer, "OutputLocation")).isEqualTo("hello");
    assertThat(json(answer).get("InferenceId").textValue()).isEqualTo("i-1");
    assertThat(LocalFiles.below(local))
        .containsExactly("sagemaker-local/async-endpoint-outputs/streamer/i-1.out");
  }

  @Test
  void aLaterAnswerMayComeInPieces() throws Exception {
    assertThat(awaited(later("pieces"), "OutputLocation"))
        .isEqualTo("piece0 piece1 piece2 piece3 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bad", "early", "late"})
  void aLaterFailureIsWhatTheModelAnswers(String text) throws Exception {
    String failure = awaited(later(text, PREFIX + "Inference-Id", "i-1"), "FailureLocation");
    assertThat(JSON.readTree(failure).get("code").intValue()).isEqualTo(400);
    assertThat(LocalFiles.below(local))
        .containsExactly("sagemaker-local/async-endpoint-failures/streamer/i-1-error.out");
  }

  @Test
  void anInputIsAFileOfTheTypeThatTheCallNames() throws Exception {
    Path bucket = Files.createDirectories(local.resolve("bucket/a b"));
    Files.writeString(
        bucket.resolve("form"),
        "--B\r\nContent-Disposition: form-data; name=\"left\"\r\n\r\n1\r\n--B--\r\n");
    HttpResponse<String> answer =
        later(
            "",
            PREFIX + "InputLocation",
            "s3://bucket/a b/form",
            PREFIX + "Content-Type",
            "multipart/form-data; boundary=B");
    assertThat(JSON.readTree(awaited(answer, "OutputLocation")))
        .isEqualTo(JSON.readTree("[\"left\"]"));
  }

  @Test
  void anInputThatIsNotThereIsAFailureLater() throws Exception {
    HttpResponse<String> answer = later("", PREFIX + "InputLocation", "s3://bucket/nosuch");
    assertThat(awaited(answer, "FailureLocation")).contains("s3://bucket/nosuch: no such file");
  }

  @Test
  void whatTakesTooLongIsAFailure() throws Exception {
    HttpResponse<String> answer = later("wait", PREFIX + "InvocationTimeoutSeconds", "1");
    assertThat(awaited(answer, "FailureLocation"))
        .contains("it was in work for longer than InvocationTimeoutSeconds, 1");
  }

  @Test
  void whatIsTakenIsAnsweredBeforeTheServerStops() throws Exception {
    HttpResponse<String> first = later("wait");
    HttpResponse<String> second = later("hello");
    Thread closing = new Thread(server::close);
    closing.start();
    release.countDown();
    closing.join();
    assertThat(awaited(first, "OutputLocation")).isEqualTo("wait");
    assertThat(awaited(second, "OutputLocation")).isEqualTo("hello");
  }

  @Test
  void ifTooManyWaitNoMoreAreTaken() throws Exception {
    for (int i = 0; i < IN_WORK_AND_WAITING; i++) {
      assertThat(later("wait").statusCode()).isEqualTo(202);
    }
    HttpResponse<String> answer = later("wait", PREFIX + "Inference-Id", "i-1");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(header(answer, "x-amzn-ErrorType")).isEqualTo("ServiceUnavailable");
    assertThat(json(answer).get("Message").textValue())
        .isEqualTo("too many asynchronous calls are waiting");
    release.countDown();
    server.close();
    assertThat(LocalFiles.below(local))
        .hasSize(IN_WORK_AND_WAITING)
        .noneMatch(file -> file.contains("/i-1"));
  }

  @Test
  void aForeignPageWritesNothing() throws Exception {
    HttpRequest request =
        server
            .inference("/endpoints/streamer/async-invocations", "text/plain", bytes("hello"))
            .header("Origin", "https://evil.example")
            .build();
    HttpResponse<String> answer = server.send(request);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("InvalidKeyException");
    assertThat(LocalFiles.below(local)).isEmpty();
  }

  @Test
  void withoutADirectoryThereAreNoEndpoints() throws Exception {
    Path elsewhere = Files.createDirectories(directory.resolve("elsewhere"));
    try (RunningServer plain = new RunningServer(elsewhere, server.store, List.of("streamer"))) {
      for (String route :
          List.of("invocations", "invocations-response-stream", "async-invocations")) {
        HttpRequest request =
            plain.inference("/endpoints/streamer/" + route, "text/plain", bytes("x")).build();
        assertThat(plain.send(request).statusCode()).isEqualTo(404);
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
