package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A twin model from an archive of the original archiver, asked as its clients ask. */
class PredictionsTest {
  @TempDir static Path directory;
  private static RunningServer server;
  private static GoldenPairs twin;

  @BeforeAll
  static void start() throws Exception {
    twin = GoldenPairs.served();
    server = RunningServer.withTwin(directory);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void logitsAreThoseOfPyTorchForPicturesOfEveryKind() throws Exception {
    for (int pair = 0; pair < twin.count(); pair++) {
      twin.assertAnswer(server.predict(twin.form(pair).text("cam", "False")), pair, false);
    }
  }

  @Test
  void heatMapsFollowTheLogitsIfAskedFor() throws Exception {
    for (int pair = 0; pair < twin.count(); pair++) {
      twin.assertAnswer(server.predict(twin.form(pair).text("cam", "True")), pair, true);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"True", "true", "1", "yes", "YES"})
  void camTakesTheWordsForYes(String word) throws Exception {
    twin.assertAnswer(server.predict(twin.form(0).text("cam", word)), 0, true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"False", "false", "0", "no", "No"})
  void camTakesTheWordsForNo(String word) throws Exception {
    twin.assertAnswer(server.predict(twin.form(0).text("cam", word)), 0, false);
  }

  @Test
  void withoutCamThereAreNoMaps() throws Exception {
    twin.assertAnswer(server.predict(twin.form(0)), 0, false);
  }

  @Test
  void ofAPartNamedTwiceTheLastWins() throws Exception {
    byte[] noPicture = "not a picture".getBytes(StandardCharsets.UTF_8);
    MultipartForm form =
        new MultipartForm()
            .file("left", noPicture)
            .file("left", twin.left(1))
            .file("right", twin.right(1));
    twin.assertAnswer(server.predict(form), 1, false);
  }

  @Test
  void jsonWithPicturesInBase64IsAForm() throws Exception {
    byte[] body =
        new ObjectMapper()
            .writeValueAsBytes(
                Map.of("left", base64(twin.left(2)), "right", base64(twin.right(2)), "cam", true));
    twin.assertAnswer(server.predict("application/json", body), 2, true);
  }

  @Test
  void urlencodedPicturesAreTaken() throws Exception {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes("cam=False&left=".getBytes(StandardCharsets.US_ASCII));
    body.writeBytes(percentEncoded(Files.readAllBytes(twin.left(0))));
    body.writeBytes("&right=".getBytes(StandardCharsets.US_ASCII));
    String right = URLEncoder.encode(base64(twin.right(0)), StandardCharsets.US_ASCII);
    body.writeBytes(right.getBytes(StandardCharsets.US_ASCII));
    HttpResponse<String> response =
        server.predict("application/x-www-form-urlencoded", body.toByteArray());
    twin.assertAnswer(response, 0, false);
  }

  @Test
  void aFormWhosePlusesWereForgottenToBeEscapedIsReadAsMeant() throws Exception {
    String form = "left=" + base64(twin.left(0)) + "&right=" + base64(twin.right(0));
    assertThat(form).contains("+");
    HttpResponse<String> response =
        server.predict(
            "application/x-www-form-urlencoded", form.getBytes(StandardCharsets.US_ASCII));
    twin.assertAnswer(response, 0, false);
  }

  private static String base64(Path file) throws Exception {
    return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
  }

  private static byte[] percentEncoded(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      text.append('%').append(String.format("%02X", b & 0xff));
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void manyAtOnceEachGetTheirOwnAnswer() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      MultipartForm form = twin.form(i % twin.count()).text("cam", i % 2 == 0 ? "1" : "0");
      answers.add(
          server
              .client()
              .sendAsync(
                  server.predictRequest("twin", form.contentType(), form.body()),
                  BodyHandlers.ofString()));
    }
    for (int i = 0; i < answers.size(); i++) {
      twin.assertAnswer(answers.get(i).join(), i % twin.count(), i % 2 == 0);
    }
  }

  @Test
  void pingIsHealthyOnceTheModelIsReady() throws Exception {
    assertThat(server.ping().body()).isEqualTo("{\n  \"status\": \"Healthy\"\n}\n");
  }

  @Test
  void requestsAreCounted() throws Exception {
    twin.assertAnswer(server.predict(twin.form(0)), 0, false);
    assertThat(server.metricsWith("Requests2XX{"))
        .containsPattern("ts_inference_requests_total\\{model_name=\"twin\".*} [1-9]")
        .containsPattern("Requests2XX\\{.*} [1-9]");
  }
}
