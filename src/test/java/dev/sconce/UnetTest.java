package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.archive.ArchiveFormat;
import dev.sconce.archive.ArchiveRequest;
import dev.sconce.archive.ArchiveWriter;
import dev.sconce.archive.ModelRuntime;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A fast.ai U-Net from an archive as its tutorial makes it, asked as its clients ask. */
class UnetTest {
  private static final Path SERVED = GoldenPairs.SERVED;
  private static final Path LEARNERS = Path.of("src/test/resources/unet");
  private static final int HEIGHT = 96;
  private static final int WIDTH = 128;

  @TempDir static Path directory;
  private static RunningServer server;
  private static JsonNode golden;

  @BeforeAll
  static void start() throws Exception {
    golden = new ObjectMapper().readTree(SERVED.resolve("fastunet.json").toFile());
    Path store = Files.createDirectories(directory.resolve("store"));
    Files.copy(SERVED.resolve("fastunet.mar"), store.resolve("fastunet.mar"));
    Path saved = Files.createDirectories(store.resolve("saved"));
    Files.copy(SERVED.resolve("fastunet-learn.pth"), saved.resolve("saved.pth"));
    Path exported = Files.createDirectories(store.resolve("exported"));
    Files.copy(LEARNERS.resolve("learner.pkl"), exported.resolve("export.pkl"));
    pack(store);
    server =
        new RunningServer(
            directory,
            store,
            List.of("fastunet=fastunet.mar", "saved", "exported", "packed=packed.mar"),
            "default_workers_per_model=1",
            "models={\"fastunet\": {\"1.0\": {\"batchSize\": 4, \"maxBatchDelay\": 50}}}");
  }

  /** {@code torch-model-archiver --serialized-file learner.pkl --handler unet}. */
  private static void pack(Path store) {
    ArchiveRequest request =
        new ArchiveRequest(
            "packed",
            "1.0",
            ModelRuntime.PYTHON,
            "unet",
            Optional.empty(),
            Optional.of("learner.pkl"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    ArchiveWriter.Written written =
        new ArchiveWriter(LEARNERS, Clock.systemUTC())
            .write(request, ArchiveFormat.DEFAULT, store.toAbsolutePath().toString(), false);
    assertThat(written.path()).exists();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** What the tutorial's client does: the picture as the whole body, to a path with a slash. */
  private static HttpRequest raw(String path, int picture, String... headers) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                server.predictRequest(path, "image/png", new byte[0]), (n, v) -> true)
            .POST(BodyPublishers.ofFile(file(picture)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request.build();
  }

  private static Path file(int picture) {
    return SERVED.resolve(golden.get(picture).get("picture").asText());
  }

  private static void assertMask(byte[] actual, int picture) throws IOException {
    assertMask(actual, golden.get(picture));
  }

  private static void assertMask(byte[] actual, JsonNode answer) throws IOException {
    byte[] expected = PackedMask.unpack(answer.get("mask"));
    assertThat(PackedMask.agreement(actual, expected)).isGreaterThanOrEqualTo(0.999);
  }

  private static void assertAnswer(HttpResponse<String> response, int picture) throws IOException {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
    assertThat(response.headers().firstValue("content-length")).contains("16413");
    assertThat(response.body().replaceFirst("\": \"[A-Za-z0-9+/=]+\"", "\": \"B\""))
        .isEqualTo("{\n  \"base64_prediction\": \"B\"\n}");
    String base64 = RunningServer.json(response).get("base64_prediction").asText();
    assertMask(Base64.getDecoder().decode(base64), picture);
  }

  @Test
  void theTutorialsLineAnswersWhatFastAiAnswersForPicturesOfEveryKind() throws Exception {
    for (int picture = 0; picture < golden.size(); picture++) {
      assertThat(golden.get(picture).get("bodyBytes").asInt()).isEqualTo(16413);
      assertAnswer(server.send(raw("fastunet/", picture)), picture);
    }
  }

  @Test
  void aPartNamedDataIsThePictureToo() throws Exception {
    for (int picture = 0; picture < golden.size(); picture++) {
      MultipartForm form = new MultipartForm().file("data", file(picture));
      HttpRequest request = server.predictRequest("fastunet", form.contentType(), form.body());
      assertAnswer(server.send(request), picture);
    }
  }

  @Test
  void whatLearnSaveWroteIsServedAsTheStateDictIs() throws Exception {
    assertAnswer(server.send(raw("saved", 0)), 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"exported", "packed"})
  void whatLearnExportWroteAnswersWhatLearnPredictDoes(String model) throws Exception {
    JsonNode learner = new ObjectMapper().readTree(LEARNERS.resolve("learners.json").toFile());
    for (JsonNode answer : learner.get(0).get("pictures")) {
      MultipartForm form =
          new MultipartForm().file("data", SERVED.resolve(answer.get("name").asText()));
      HttpRequest request = server.predictRequest(model, form.contentType(), form.body());
      String base64 = RunningServer.json(server.send(request)).get("base64_prediction").asText();
      assertMask(Base64.getDecoder().decode(base64), answer);
    }
    JsonNode described = RunningServer.json(server.manage("GET", "/models/" + model)).get(0);
    assertThat(described.toString()).contains("\"classNames\":[\"sky\",\"road\"");
  }

  @Test
  void manyAtOnceEachGetTheirOwnAnswer() throws Exception {
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      HttpRequest request = raw("fastunet/", i % golden.size());
      answers.add(server.client().sendAsync(request, BodyHandlers.ofString()));
    }
    for (int i = 0; i < answers.size(); i++) {
      assertAnswer(answers.get(i).join(), i % golden.size());
    }
  }

  @Test
  void aPngIsAskedForByItsType() throws Exception {
    HttpResponse<byte[]> response =
        server.client().send(raw("fastunet", 2, "accept", "image/png"), BodyHandlers.ofByteArray());

    assertThat(response.headers().firstValue("content-type")).contains("image/png");
    BufferedImage picture = ImageIO.read(new ByteArrayInputStream(response.body()));
    assertThat(picture.getWidth()).isEqualTo(WIDTH);
    byte[] classes = new byte[HEIGHT * WIDTH];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = (byte) picture.getRaster().getSample(i % WIDTH, i / WIDTH, 0);
    }
    assertMask(classes, 2);
  }

  /** The header is what {@code numpy.save} writes. */
  @Test
  void anArrayIsAskedForByItsType() throws Exception {
    HttpResponse<byte[]> response =
        server
            .client()
            .send(raw("fastunet", 3, "accept", "application/x-npy"), BodyHandlers.ofByteArray());

    assertThat(response.headers().firstValue("content-type")).contains("application/x-npy");
    byte[] body = response.body();
    byte[] head = Arrays.copyOf(body, 128);
    assertThat(new String(head, StandardCharsets.ISO_8859_1))
        .isEqualTo(
            "\u0093NUMPY\1\0v\0{'descr': '|u1', 'fortran_order': False, 'shape': (96, 128), }"
                + " ".repeat(55)
                + "\n");
    assertMask(Arrays.copyOfRange(body, 128, body.length), 3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"*/*", "application/json, image/png", "image/jpeg", "text/html,*/*;q=0.8"})
  void anyOtherWishGetsTheJson(String accept) throws Exception {
    assertAnswer(server.send(raw("fastunet", 1, "accept", accept)), 1);
  }

  @Test
  void whatIsNoPictureIsABadRequestThatNamesThePart() throws Exception {
    HttpResponse<String> response =
        server.send(server.predictRequest("fastunet/", "image/png", new byte[] {1, 2, 3}));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("data: ");

    MultipartForm form = new MultipartForm().file("left", file(0));
    HttpRequest wrong = server.predictRequest("fastunet", form.contentType(), form.body());
    assertThat(server.send(wrong).body()).contains("missing part: data or body (found: left)");
  }

  @Test
  void describeSaysWhatServesAndThatThePythonWasNotRun() throws Exception {
    JsonNode model = RunningServer.json(server.manage("GET", "/models/fastunet")).get(0);

    assertThat(model.toString())
        .contains("fast.ai DynamicUnet; ResNet, basic blocks 1-1-1-1, 32 channels; 32 classes")
        .contains("handler.py")
        .contains("\"imageSize\":[96,128]")
        .doesNotContain("differences");
  }
}
