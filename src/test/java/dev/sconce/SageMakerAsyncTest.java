package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.sagemaker.LocalFiles;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SageMaker's asynchronous calls on a laptop: the answers are files. */
// A file that is waited for may never come.
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SageMakerAsyncTest extends SageMakerLocalCalls {
  private static final int IN_WORK_AND_WAITING = 8 + 256;

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
}
