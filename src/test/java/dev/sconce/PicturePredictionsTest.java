package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.torch.ScriptFile;
import dev.sconce.vision.GoldenAnswers;
import dev.sconce.vision.GoldenAnswers.Asked;
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

/** TorchServe's tutorials for pictures, followed line by line. */
class PicturePredictionsTest {
  private static final String VGG16 =
      "--model-name vgg16 --version 1.0 --serialized-file traced_vgg16_model.pt"
          + " --handler image_classifier";

  @TempDir static Path directory;
  private static RunningServer server;

  @BeforeAll
  static void start() throws Exception {
    Path store = Files.createDirectory(directory.resolve("store"));
    archive(store, "classifier.pt", "traced_vgg16_model.pt", VGG16);
    archive(
        store,
        "segmenter.pt",
        "fcn.pt",
        "--model-name fcn --version 1.0 --serialized-file fcn.pt --handler image_segmenter");
    archive(
        store,
        "detector.pt",
        "rcnn.pt",
        "--model-name rcnn --version 1.0 --serialized-file rcnn.pt --handler object_detector");
    server =
        new RunningServer(directory, store, List.of("rcnn.mar"), "default_workers_per_model=1");
    for (String url : List.of("vgg16.mar&batch_size=8&max_batch_delay=300", "fcn.mar")) {
      HttpResponse<String> registered =
          server.manage("POST", "/models?initial_workers=1&synchronous=true&url=" + url);
      assertThat(registered.statusCode()).as(registered.body()).isEqualTo(200);
    }
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** Runs {@code torch-model-archiver} in the store, so that it writes there. */
  private static void archive(Path store, String model, String file, String arguments)
      throws Exception {
    Files.copy(GoldenAnswers.DIRECTORY.resolve(model), store.resolve(file));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.sconce.cli.Main"));
    command.add("torch-model-archiver");
    command.addAll(List.of(arguments.split(" ")));
    Path output = store.resolve("output.txt");
    Process archiver =
        new ProcessBuilder(command)
            .directory(store.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(archiver.waitFor()).as(Files.readString(output)).isZero();
    Files.delete(output);
    Files.delete(store.resolve(file));
  }

  private static void assertAnswer(HttpResponse<String> response, JsonNode expected)
      throws Exception {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
    GoldenAnswers.assertAlike(RunningServer.json(response), expected);
  }

  @Test
  void aPictureSentAsTheBodyIsAnsweredByEveryHandler() throws Exception {
    Map<String, String> models =
        Map.of("vgg16", "classifier", "fcn", "segmenter", "rcnn", "detector");
    for (Map.Entry<String, String> model : models.entrySet()) {
      for (Asked asked : GoldenAnswers.of(model.getValue()).pictures()) {
        assertAnswer(server.upload(model.getKey(), asked.picture()), asked.answer());
      }
    }
  }

  @Test
  void formsAndJsonAreAnsweredToo() throws Exception {
    Asked asked = GoldenAnswers.of("classifier").pictures().get(0);
    MultipartForm form = new MultipartForm().file("data", asked.picture());
    String base64 = Base64.getEncoder().encodeToString(Files.readAllBytes(asked.picture()));
    assertAnswer(post(form.contentType(), form.body()), asked.answer());
    assertAnswer(post("text/plain", base64.getBytes(StandardCharsets.US_ASCII)), asked.answer());
    assertAnswer(
        post("application/json", new ObjectMapper().writeValueAsBytes(Map.of("data", base64))),
        asked.answer());
  }

  private static HttpResponse<String> post(String contentType, byte[] body) throws Exception {
    return server.send(server.predictRequest("vgg16", contentType, body));
  }

  @Test
  void ofABatchTheBadAreToldSoAndTheOthersAnswered() throws Exception {
    List<Asked> pictures = GoldenAnswers.of("classifier").pictures();
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      byte[] body =
          switch (i % 4) {
            case 1 -> "no picture at all, and no base64".getBytes(StandardCharsets.US_ASCII);
            case 2 -> "[[[1, 2], [3, 4]]]".getBytes(StandardCharsets.US_ASCII);
            default -> Files.readAllBytes(pictures.get(i).picture());
          };
      answers.add(
          server
              .client()
              .sendAsync(
                  server.predictRequest("vgg16", "application/octet-stream", body),
                  BodyHandlers.ofString()));
    }
    for (int i = 0; i < answers.size(); i++) {
      HttpResponse<String> answer = answers.get(i).join();
      switch (i % 4) {
        case 1 -> {
          assertThat(answer.statusCode()).isEqualTo(400);
          assertThat(answer.body()).contains("body: not a picture: starts with 6e 6f 20 70");
        }
        case 2 -> {
          assertThat(answer.statusCode()).isEqualTo(400);
          assertThat(answer.body())
              .contains("traced_vgg16_model.pt: forward(float32 [1, 1, 2, 2]) failed: ");
        }
        default -> assertAnswer(answer, pictures.get(i).answer());
      }
    }
  }

  @Test
  void operatorsThatLibtorchLacksAreNamedToWhoeverRegisters() throws Exception {
    Path model = Files.createDirectory(server.store.resolve("faster"));
    ScriptFile.write(
        model.resolve("faster.pt"),
        "x: Tensor) -> Tensor",
        "return ops.torchvision.nms(x, x, 0.5)");
    HttpResponse<String> answer =
        server.manage("POST", "/models?url=faster&handler=object_detector&initial_workers=1");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(RunningServer.json(answer).get("type").asText()).isEqualTo("InvalidModelException");
    assertThat(RunningServer.json(answer).get("message").asText())
        .isEqualTo(
            "faster.pt: it calls operators that libtorch lacks: torchvision::nms (expected: a"
                + " library for this libtorch that has them, its path in the environment's"
                + " PYTORCH_EXTRA_LIBRARY_PATH when the server starts; for torchvision:: its"
                + " libtorchvision)");
  }

  @Test
  void describeTellsWhatIsDoneWithPictures() throws Exception {
    JsonNode described = RunningServer.json(server.manage("GET", "/models/vgg16")).get(0);
    assertThat(described.toString())
        .contains("\"module\":\"traced_vgg16_model.pt\"")
        .contains("\"resize\":256")
        .contains("\"centerCrop\":[224,224]")
        .contains("\"classNames\":\"none: indices as they are\"")
        .contains("\"topK\":5");
  }
}
