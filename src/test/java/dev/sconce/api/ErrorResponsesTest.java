package dev.sconce.api;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.http.Request;
import dev.sconce.http.Response;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** The table of the contract (a.1): exception, status, and the name on the wire. */
class ErrorResponsesTest {
  private static final Request REQUEST = Requests.of("GET", "/models/m", "");

  private static Response render(Throwable failure) {
    return new ErrorResponses().render(failure, REQUEST);
  }

  private static String text(Response response) {
    Response.Whole whole = (Response.Whole) response.content();
    return StandardCharsets.UTF_8.decode(whole.bytes().duplicate()).toString();
  }

  private static final String TABLE =
      """
      BAD_REQUEST,             400, BadRequestException
      INVALID_MODEL,           400, InvalidModelException
      DOWNLOAD_FAILED,         400, DownloadArchiveException
      INVALID_KEY,             400, InvalidKeyException
      INVALID_MODEL_VERSION,   403, InvalidModelVersionException
      RESOURCE_NOT_FOUND,      404, ResourceNotFoundException
      MODEL_NOT_FOUND,         404, ModelNotFoundException
      MODEL_VERSION_NOT_FOUND, 404, ModelVersionNotFoundException
      WORKFLOW_NOT_FOUND,      404, WorkflowNotFoundException
      METHOD_NOT_ALLOWED,      405, MethodNotAllowedException
      REQUEST_TIMEOUT,         408, RequestTimeoutException
      CONFLICT,                409, ConflictStatusException
      PAYLOAD_TOO_LARGE,       413, PayloadTooLargeException
      EXPECTATION_FAILED,      417, ExpectationFailedException
      INTERNAL,                500, InternalServerException
      INVALID_CONFIGURATION,   500, InvalidConfigurationException
      NO_WORKER,               503, ServiceUnavailableException
      QUEUE_FULL,              503, ServiceUnavailableException
      STOPPING,                503, ServiceUnavailableException
      OUT_OF_MEMORY,           507, InternalServerException
      """;

  @ParameterizedTest
  @CsvSource(textBlock = TABLE)
  void everyCodeHasItsStatusAndItsNameOnTheWire(ErrorCode code, int status, String type)
      throws Exception {
    Response response = render(new ServingException(code, "batch_size: 0 (expected: >= 1)"));
    assertThat(response.status()).isEqualTo(status);
    assertThat(response.headers().first("content-type")).hasValue("application/json");
    JsonNode body = new ObjectMapper().readTree(text(response));
    assertThat(body.get("code").asInt()).isEqualTo(status);
    assertThat(body.get("type").asText()).isEqualTo(type);
    assertThat(body.get("message").asText()).isEqualTo("batch_size: 0 (expected: >= 1)");
  }

  @Test
  void theTableLeavesNoCodeOut() {
    List<String> listed = TABLE.lines().map(line -> line.substring(0, line.indexOf(','))).toList();
    assertThat(listed)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ErrorCode.values()).map(ErrorCode::name).toList());
  }

  @Test
  void theBodyIsLaidOutAsTorchServeDoes() {
    assertThat(text(render(new ServingException(ErrorCode.MODEL_NOT_FOUND, "Model not found: m"))))
        .isEqualTo(
            """
            {
              "code": 404,
              "type": "ModelNotFoundException",
              "message": "Model not found: m"
            }
            """);
  }

  @Test
  void onlyAFullQueueAsksToTryAgain() {
    for (ErrorCode code : ErrorCode.values()) {
      Response response = render(new ServingException(code, "x"));
      assertThat(response.headers().first("retry-after").isPresent())
          .as(code.name())
          .isEqualTo(code == ErrorCode.QUEUE_FULL);
    }
  }

  @Test
  void whatNobodyExpectedIsA500ThatTellsNothingButTheRequestsId() {
    Response response = render(new IllegalStateException("secret detail"));
    assertThat(response.status()).isEqualTo(500);
    assertThat(text(response)).contains("InternalServerException", "id-7").doesNotContain("secret");
  }

  @Test
  void aFailureInsideAFuturesWrapperCountsAsItself() {
    ServingException conflict = new ServingException(ErrorCode.CONFLICT, "x");
    assertThat(render(new CompletionException(conflict)).status()).isEqualTo(409);
  }

  @Test
  void aCancelledRequestIsNoFaultOfTheServers() {
    assertThat(render(new CancellationException()).status()).isEqualTo(503);
  }

  private static List<ILoggingEvent> logged(Throwable failure) {
    return logged(failure, REQUEST);
  }

  private static List<ILoggingEvent> logged(Throwable failure, Request request) {
    Logger log = (Logger) LoggerFactory.getLogger(ErrorResponses.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    log.setAdditive(false);
    log.setLevel(Level.INFO);
    try {
      new ErrorResponses().render(failure, request);
    } finally {
      log.setLevel(null);
      log.setAdditive(true);
      log.detachAppender(lines);
    }
    return lines.list;
  }

  @Test
  void theLineHasTheIdByWhichSageMakersClientKnowsTheRequest() {
    Request request =
        Requests.withHeader(REQUEST, "X-Amzn-SageMaker-Inference-Id", "order 7" + "x".repeat(60));
    assertThat(logged(new ServingException(ErrorCode.BAD_REQUEST, "left: a"), request))
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .isEqualTo(
            "request id-7, inference order 7" + "x".repeat(57) + ": GET /models/m: 400 left: a");
  }

  @Test
  void aFullHeapIsA507() {
    assertThat(render(new OutOfMemoryError("Java heap space")).status()).isEqualTo(507);
  }

  @Test
  void aFailureIsOneLineWithTheRequestsIdAndItsReason() {
    assertThat(
            logged(new ServingException(ErrorCode.BAD_REQUEST, "left: a\nb (expected: a picture)")))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.getFormattedMessage())
                  .isEqualTo("request id-7: GET /models/m: 400 left: a b (expected: a picture)");
              assertThat(line.getThrowableProxy()).isNull();
            });
  }

  @Test
  void whatNobodyExpectedHasItsStackInTheLogOnce() {
    Throwable cause = new IllegalStateException("secret detail");
    for (Throwable failure :
        List.of(new ServingException(ErrorCode.INTERNAL, "Prediction failed", cause), cause)) {
      assertThat(logged(failure))
          .singleElement()
          .satisfies(
              line -> {
                assertThat(line.getFormattedMessage()).contains("request id-7");
                assertThat(line.getThrowableProxy().getMessage()).isEqualTo("secret detail");
              });
    }
  }
}
