package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.sagemaker.LocalFiles;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SageMaker's runtime API on a laptop, as its clients' requests and answers are on the wire. */
// A file that is waited for may never come.
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SageMakerLocalTest extends SageMakerLocalCalls {
  private HttpResponse<String> invoke(String body, String... headers) throws Exception {
    return call("/endpoints/streamer/invocations", body, headers);
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
}
