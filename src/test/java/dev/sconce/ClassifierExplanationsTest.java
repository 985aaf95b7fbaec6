package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.image.ImageDecoder;
import dev.sconce.image.RgbImage;
import dev.sconce.vision.GoldenAnswers;
import dev.sconce.vision.GoldenExplanations;
import dev.sconce.vision.GoldenExplanations.Explained;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Explanations of a classifier behind a real server, within an envelope and without. */
class ClassifierExplanationsTest {
  private static final String EXPLANATIONS = "/explanations/net";
  @TempDir Path directory;

  private RunningServer server(String handler, String... lines) throws Exception {
    Path store = Files.createDirectories(directory.resolve("store"));
    String file = handler.equals("image_segmenter") ? "segmenter.pt" : "classifier.pt";
    String config = "handler: " + handler + "\nminWorkers: 1\nbatchSize: 8\nmaxBatchDelay: 200\n";
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(store.resolve("net.mar")))) {
      zip.putNextEntry(new ZipEntry("net.pt"));
      Files.copy(GoldenAnswers.DIRECTORY.resolve(file), zip);
      zip.putNextEntry(new ZipEntry("model-config.yaml"));
      zip.write(config.getBytes(StandardCharsets.UTF_8));
    }
    return new RunningServer(directory, store, List.of("net.mar"), lines);
  }

  private static MultipartForm form(Explained explained, String target) throws Exception {
    return new MultipartForm().file("data", explained.picture()).text("target", target);
  }

  @Test
  void explanationsAndPredictionsOfOneBatchEachGetTheirOwnAndDescribeTellsOfTheCopy()
      throws Exception {
    List<Explained> pictures = GoldenExplanations.pictures();
    GoldenAnswers.Asked asked = GoldenAnswers.of("classifier").pictures().get(0);
    MultipartForm predicted = new MultipartForm().file("data", asked.picture());
    try (RunningServer server = server("image_classifier")) {
      assertThat(explanations(server)).isEqualTo("not asked for yet");
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (MultipartForm form :
          List.of(
              form(pictures.get(0), pictures.get(0).target()),
              form(pictures.get(1), pictures.get(1).target()),
              form(pictures.get(0), "7"))) {
        answers.add(
            server
                .client()
                .sendAsync(server.inference(EXPLANATIONS, form).build(), BodyHandlers.ofString()));
      }
      HttpResponse<String> prediction =
          server.send(server.inference("/predictions/net", predicted).build());
      GoldenAnswers.assertAlike(RunningServer.json(prediction), asked.answer());
      pictures.get(0).assertAttribution(RunningServer.json(answers.get(0).join()));
      pictures.get(1).assertAttribution(RunningServer.json(answers.get(1).join()));
      assertThat(answers.get(2).join().statusCode()).isEqualTo(400);
      assertThat(answers.get(2).join().body()).contains("target: 7 (expected: a class, 0 to 6)");
      assertThat(explanations(server)).isEqualTo("a differentiable copy of net.pt is loaded");
    }
  }

  private static String explanations(RunningServer server) throws Exception {
    JsonNode described = RunningServer.json(server.manage("GET", "/models/net")).get(0);
    return described.findValue("explanations").asText();
  }

  @Test
  void whoAcceptsPngGetsAPictureOfTheCropsSize() throws Exception {
    Explained explained = GoldenExplanations.pictures().get(0);
    try (RunningServer server = server("image_classifier")) {
      HttpResponse<byte[]> response =
          server
              .client()
              .send(
                  server
                      .inference(EXPLANATIONS, form(explained, "1"))
                      .header("accept", "image/png")
                      .build(),
                  BodyHandlers.ofByteArray());
      assertThat(response.headers().firstValue("content-type")).contains("image/png");
      RgbImage drawn = new ImageDecoder(1 << 24).decode(ByteBuffer.wrap(response.body()));
      assertThat(List.of(drawn.width(), drawn.height())).containsExactly(224, 224);
    }
  }

  /** As KServe's clients send it; each instance has its own target. */
  @Test
  void kserveAnswersTheExplanationOfEachInstance() throws Exception {
    List<Explained> pictures = GoldenExplanations.pictures();
    List<Map<String, Object>> instances = new ArrayList<>();
    for (Explained explained : pictures) {
      String base64 = Base64.getEncoder().encodeToString(Files.readAllBytes(explained.picture()));
      instances.add(
          Map.of("data", Map.of("b64", base64), "target", Integer.parseInt(explained.target())));
    }
    byte[] body = new ObjectMapper().writeValueAsBytes(Map.of("instances", instances));
    try (RunningServer server = server("image_classifier", "service_envelope=kserve")) {
      HttpResponse<String> answer =
          server.send(server.inference(EXPLANATIONS, "application/json", body).build());
      assertThat(answer.statusCode()).isEqualTo(200);
      JsonNode explanations = RunningServer.json(answer).get("explanations");
      assertThat(explanations.size()).isEqualTo(pictures.size());
      for (int i = 0; i < pictures.size(); i++) {
        pictures.get(i).assertAttribution(explanations.get(i));
      }
      HttpResponse<String> prediction =
          server.send(server.inference("/predictions/net", "application/json", body).build());
      assertThat(RunningServer.json(prediction).get("predictions").size())
          .isEqualTo(pictures.size());
    }
  }

  @Test
  void aHandlerThatDoesNotExplainNamesThoseThatDo() throws Exception {
    Explained explained = GoldenExplanations.pictures().get(0);
    try (RunningServer server = server("image_segmenter")) {
      HttpResponse<String> answer =
          server.send(server.inference(EXPLANATIONS, form(explained, "0")).build());
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body())
          .contains("its handler image_segmenter does not explain", "image_classifier, twin");
    }
  }
}
