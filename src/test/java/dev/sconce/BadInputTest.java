package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each bad request is told what was wrong; server, model and other requests stay as they were. */
class BadInputTest {
  private static final byte[] HTML = "<html>no picture</html>".getBytes(StandardCharsets.UTF_8);
  private static final int BATCH = 8;

  @TempDir static Path directory;
  private static RunningServer server;
  private static GoldenPairs twin;
  private static JsonNode workersBefore;

  @BeforeAll
  static void start() throws Exception {
    twin = GoldenPairs.served();
    server = RunningServer.withTwin(directory);
    server.manage("DELETE", "/models/twin");
    HttpResponse<String> registered =
        server.manage(
            "POST",
            "/models?url=twin.mar&initial_workers=1&batch_size=" + BATCH + "&max_batch_delay=200");
    assertThat(registered.statusCode()).as(registered.body()).isEqualTo(200);
    workersBefore = workers();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonNode workers() throws Exception {
    JsonNode worker =
        RunningServer.json(server.manage("GET", "/models/twin")).get(0).get("workers").get(0);
    assertThat(worker.get("status").asText()).isEqualTo("READY");
    return worker.get("startTime");
  }

  @AfterEach
  void serverAndModelAreAsTheyWere() throws Exception {
    assertThat(server.ping().statusCode()).isEqualTo(200);
    assertThat(workers()).isEqualTo(workersBefore);
    twin.assertAnswer(server.predict(twin.form(0)), 0, false);
  }

  static List<Arguments> badForms() throws IOException {
    return List.of(
        Arguments.of(
            twin.form(0).file("left", HTML),
            "left: not a picture: starts with 3c 68 74 6d (expected: JPEG, PNG, GIF, BMP, WebP or"
                + " TIFF)"),
        Arguments.of(
            twin.form(0).file("right", new byte[0]), "right: empty (expected: some bytes)"),
        Arguments.of(
            new MultipartForm().file("left", twin.left(0)).text("cam", "True"),
            "missing part: right (found: left, cam)"),
        Arguments.of(
            twin.form(0).text("cam", "maybe"),
            "cam: maybe (expected: True, False, 1, 0, yes or no)"),
        Arguments.of(
            twin.form(0).file("left", pngHeader(40_000, 40_000)),
            "left: picture: 40000 x 40000 PNG (expected: at most "),
        Arguments.of(
            twin.form(0).file("left", pngHeader(0, 7)), "left: PNG: 0 x 7 pixels (expected: "));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("badForms")
  void aBadFormIsToldWhatWasWrong(MultipartForm form, String message) throws Exception {
    assertRefused(server.predict(form), 400, message);
  }

  /** The beginning of a PNG, which is all that the sizes need. */
  private static byte[] pngHeader(int width, int height) {
    byte[] chunk =
        ByteBuffer.allocate(17)
            .put("IHDR".getBytes(StandardCharsets.US_ASCII))
            .putInt(width)
            .putInt(height)
            .put(new byte[] {8, 2, 0, 0, 0})
            .array();
    CRC32 check = new CRC32();
    check.update(chunk);
    return ByteBuffer.allocate(33)
        .putLong(0x89504E470D0A1A0AL)
        .putInt(13)
        .put(chunk)
        .putInt((int) check.getValue())
        .array();
  }

  @Test
  void anEmptyBodyMissesItsParts() throws Exception {
    assertRefused(
        server.predict("application/octet-stream", new byte[0]), 400, "missing part: left");
  }

  @Test
  void aRawPictureMissesItsParts() throws Exception {
    assertRefused(server.predict("image/jpeg", HTML), 400, "missing part: left (found: body)");
  }

  @Test
  void aTruncatedMultipartIsRefusedWherever() throws Exception {
    MultipartForm form = twin.form(0).text("cam", "True");
    byte[] body = form.body();
    for (int length : new int[] {1, 40, 300, body.length / 2, body.length - 60}) {
      HttpResponse<String> response =
          server.predict(form.contentType(), Arrays.copyOf(body, length));
      assertRefused(response, 400, "multipart");
    }
  }

  @Test
  void aTruncatedPictureIsRefused() throws Exception {
    byte[] whole = Files.readAllBytes(twin.left(0));
    MultipartForm form = twin.form(0).file("left", Arrays.copyOf(whole, whole.length * 2 / 3));
    assertRefused(server.predict(form), 400, "left: JPEG: truncated");
  }

  @Test
  void jsonThatIsNoObjectOfPartsIsRefused() throws Exception {
    assertRefused(json("[1, 2]"), 400, "body: a JSON array (expected: a JSON object");
    assertRefused(json("{\"left\": "), 400, "body: no JSON at line 1, column 10 (expected: a JSON");
    assertRefused(json("[".repeat(100_000)), 400, "body: JSON that is nested too deep");
    assertRefused(json("{} {}"), 400, "body: no JSON at line 1, column 4");
    assertRefused(json("{\"left\": \"AAAA\"}"), 400, "missing part: right (found: left)");
    assertRefused(
        json("{\"left\": \"AAAA\", \"right\": \"AAAA\"}"),
        400,
        "left: not a picture: starts with 41 41 41 41");
    assertRefused(
        json("{\"left\": [7], \"right\": [7]}"), 400, "left: not a picture: starts with 5b 37 5d");
  }

  private static HttpResponse<String> json(String body) throws Exception {
    return server.predict("application/json", body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aBodyBeyondTheLimitIsTooLarge() throws Exception {
    assertRefused(server.predict("image/png", new byte[6_553_501]), 413, "6553500");
  }

  @Test
  void oneBadRequestOfABatchCostsNoOtherItsAnswer() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      MultipartForm form = i == 3 ? twin.form(0).file("left", HTML) : twin.form(i % twin.count());
      answers.add(
          server
              .client()
              .sendAsync(
                  server.predictRequest("twin", form.contentType(), form.body()),
                  BodyHandlers.ofString()));
    }
    for (int i = 0; i < BATCH; i++) {
      if (i == 3) {
        assertRefused(answers.get(i).join(), 400, "left: not a picture");
      } else {
        twin.assertAnswer(answers.get(i).join(), i % twin.count(), false);
      }
    }
  }

  private static void assertRefused(HttpResponse<String> response, int status, String message)
      throws IOException {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
    JsonNode error = RunningServer.json(response);
    assertThat(error.get("code").asInt()).isEqualTo(status);
    assertThat(error.get("type").asText()).endsWith("Exception");
    assertThat(error.get("message").asText()).contains(message);
  }
}
