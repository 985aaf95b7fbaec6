package dev.sconce.sagemaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ServingException;
import dev.sconce.http.Body;
import dev.sconce.http.Headers;
import dev.sconce.http.Request;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AsyncCallTest {
  private static final String PREFIX = "X-Amzn-SageMaker-";
  private static final String INPUT = PREFIX + "InputLocation";

  private static AsyncCall read(Body body, String... namesAndValues) {
    Headers headers = Headers.NONE;
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers = headers.with(namesAndValues[i], namesAndValues[i + 1]);
    }
    Request call =
        new Request(
            "id-7",
            "POST",
            "/endpoints/twin/async-invocations",
            "",
            "HTTP/1.1",
            headers,
            body,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 34_440),
            Map.of(),
            new CompletableFuture<>());
    return AsyncCall.of("twin", call);
  }

  private static AsyncCall withInput(String... namesAndValues) {
    String[] all = new String[namesAndValues.length + 2];
    all[0] = INPUT;
    all[1] = "s3://bucket/key";
    System.arraycopy(namesAndValues, 0, all, 2, namesAndValues.length);
    return read(new Body.Empty(), all);
  }

  private static Body body(int bytes) {
    return new Body.Raw(ByteBuffer.allocate(bytes), "");
  }

  @Test
  void withoutMoreTheAnswerHasANewId() {
    AsyncCall call = withInput();
    String id = call.inferenceId();
    assertThat(id).matches("[0-9a-f-]{36}").isNotEqualTo(withInput().inferenceId());
    assertThat(call.input()).hasToString("Optional[s3://bucket/key]");
    assertThat(call.output())
        .hasToString("s3://sagemaker-local/async-endpoint-outputs/twin/" + id + ".out");
    assertThat(call.failure())
        .hasToString("s3://sagemaker-local/async-endpoint-failures/twin/" + id + "-error.out");
    assertThat(call.timeToLive()).isEqualTo(Duration.ofHours(6));
    assertThat(call.timeout()).isEqualTo(Duration.ofMinutes(15));
  }

  @Test
  void theClientsIdNamesTheFiles() {
    AsyncCall call = withInput(PREFIX + "Inference-Id", "call_7.a");
    assertThat(call.inferenceId()).isEqualTo("call_7.a");
    assertThat(call.output().toString()).endsWith("/twin/call_7.a.out");
    assertThat(call.failure().toString()).endsWith("/twin/call_7.a-error.out");
  }

  @ParameterizedTest
  @CsvSource({"../../etc/passwd", "a/b", "'a b'", ".hidden", "C:\\x"})
  void anIdThatIsNoFileNameNamesNoFile(String id) {
    AsyncCall call = withInput(PREFIX + "Inference-Id", id);
    assertThat(call.inferenceId()).isEqualTo(id);
    assertThat(call.output().toString()).matches(".*/twin/[0-9a-f-]{36}\\.out");
    assertThat(call.failure().toString()).matches(".*/twin/[0-9a-f-]{36}-error\\.out");
  }

  @Test
  void theClientChoosesPathAndNameOfTheAnswer() {
    AsyncCall call =
        withInput(PREFIX + "S3OutputPathExtension", "/a/b/", PREFIX + "Filename", "c.json");
    assertThat(call.output())
        .hasToString("s3://sagemaker-local/async-endpoint-outputs/twin/a/b/c.json");
  }

  @Test
  void aLocationInUtf8IsReadAsTheClientWroteIt() {
    String header =
        new String(
            "s3://bucket/ä.jpg".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    assertThat(read(new Body.Empty(), INPUT, header).input())
        .isEqualTo(Optional.of(S3Location.parse("a", "s3://bucket/ä.jpg")));
  }

  @Test
  void aBodyMayComeWithTheCall() {
    assertThat(read(body(128_000)).input()).isEmpty();
  }

  @Test
  void thereIsABodyOrALocation() {
    assertThatThrownBy(() -> read(body(1), INPUT, "s3://bucket/key"))
        .hasMessage("InputLocation and a Body (expected: one of them)");
    assertThatThrownBy(() -> read(new Body.Empty()))
        .hasMessage("neither InputLocation nor a Body (expected: one of them)");
    assertThatThrownBy(() -> read(body(128_001)))
        .hasMessageStartingWith("Body: 128001 bytes (expected: at most 128000");
  }

  @ParameterizedTest
  @CsvSource({
    "S3OutputPathExtension, s3:x",
    "S3OutputPathExtension, a b",
    "S3OutputPathExtension, ../up",
    "S3OutputPathExtension, a/../../../../up",
    "S3OutputPathExtension, a//b",
    "Filename, a.b.c",
    "Filename, .hidden",
    "Filename, a/b",
    "Filename, ..",
    "Filename, abcdefghijklmnopqrstuvwxyz0123456",
    "RequestTTLSeconds, 59",
    "RequestTTLSeconds, 21601",
    "InvocationTimeoutSeconds, 0",
    "InvocationTimeoutSeconds, 3601",
    "InvocationTimeoutSeconds, 1.5",
    "InputLocation, s3://bucket/../key",
  })
  void whatSageMakerRefusesOrLeadsElsewhereIsRefused(String name, String value) {
    assertThatThrownBy(() -> read(new Body.Empty(), PREFIX + name, value, INPUT, "s3://bucket/key"))
        .isInstanceOf(ServingException.class)
        .hasMessageContaining(value)
        .hasMessageContaining("(expected: ");
  }

  @Test
  void timesAreInSeconds() {
    AsyncCall call =
        withInput(PREFIX + "RequestTTLSeconds", "60", PREFIX + "InvocationTimeoutSeconds", "3600");
    assertThat(call.timeToLive()).isEqualTo(Duration.ofMinutes(1));
    assertThat(call.timeout()).isEqualTo(Duration.ofHours(1));
  }
}
