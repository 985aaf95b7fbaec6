package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Handler;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.torch.ScriptFile;
import dev.sconce.vision.GoldenAnswers.Asked;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the handlers keep to that stand in for TorchServe's picture handlers.
 *
 * @param <R> what inference makes of one picture
 */
abstract class PictureHandlerContract<R> extends HandlerContract<PictureTensor, R> {
  @TempDir Path directory;
  private final GoldenAnswers golden;
  private final String model;

  /**
   * The contract for a model of {@code src/test/resources/handlers}.
   *
   * @param answers of which model, without extension
   */
  PictureHandlerContract(String model, String answers) {
    this.model = model;
    this.golden = GoldenAnswers.of(answers);
  }

  @BeforeEach
  void copyModel() throws IOException {
    GoldenAnswers.copy(model, directory);
  }

  @Override
  Path modelDirectory() {
    return directory;
  }

  @Override
  List<Input> inputs() throws IOException {
    return inputs(golden.pictures().subList(0, 9));
  }

  private static List<Input> inputs(List<Asked> pictures) throws IOException {
    List<Input> inputs = new ArrayList<>();
    for (Asked asked : pictures) {
      inputs.add(VisionFixture.input(Map.of("data", asked.picture())));
    }
    return inputs;
  }

  /** A handler of the model, with these settings. */
  final Handler<PictureTensor, R> open(VisionFixture fixture, Map<String, Object> settings)
      throws Exception {
    Handler<PictureTensor, R> handler = handler();
    handler.initialize(fixture.context(directory, settings));
    return handler;
  }

  /** The bodies of the answers to a batch. */
  static <R> List<String> ask(Handler<PictureTensor, R> handler, List<Input> inputs)
      throws Exception {
    List<PictureTensor> batch = new ArrayList<>();
    for (Input input : inputs) {
      batch.add(handler.preprocess(input));
    }
    List<R> results = handler.inference(batch);
    assertThat(results).hasSameSizeAs(batch);
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      Output.Answer answer = (Output.Answer) handler.postprocess(inputs.get(i), results.get(i));
      assertThat(answer.headers()).containsEntry("content-type", "application/json");
      bodies.add(StandardCharsets.UTF_8.decode(answer.body().duplicate()).toString());
    }
    return bodies;
  }

  static JsonNode json(String body) throws IOException {
    return new ObjectMapper().readTree(body);
  }

  @Test
  void answersAreThoseOfTorchServeForPicturesOfEveryKind() throws Exception {
    try (VisionFixture fixture = new VisionFixture();
        Handler<PictureTensor, R> handler = open(fixture, Map.of())) {
      for (Asked asked : golden.pictures()) {
        String body = ask(handler, inputs(List.of(asked))).get(0);
        GoldenAnswers.assertAlike(json(body), asked.answer());
      }
    }
  }

  @Test
  void answersAreThoseOfTorchServeInABatchOfPicturesOfAllSizes() throws Exception {
    try (VisionFixture fixture = new VisionFixture();
        Handler<PictureTensor, R> handler = open(fixture, Map.of())) {
      List<String> bodies = ask(handler, inputs(golden.pictures()));
      for (int i = 0; i < bodies.size(); i++) {
        GoldenAnswers.assertAlike(json(bodies.get(i)), golden.pictures().get(i).answer());
      }
    }
  }

  @Test
  void theLayoutIsTorchServes() throws Exception {
    try (VisionFixture fixture = new VisionFixture();
        Handler<PictureTensor, R> handler = open(fixture, Map.of())) {
      String body = ask(handler, inputs().subList(0, 1)).get(0);
      assertThat(GoldenAnswers.withoutNumbers(body)).isEqualTo(golden.layout());
    }
  }

  @Test
  void namesComeFromEveryFormOfTheirFile() throws Exception {
    for (JsonNode form : golden.names()) {
      Files.writeString(directory.resolve("index_to_name.json"), form.toString());
      try (VisionFixture fixture = new VisionFixture();
          Handler<PictureTensor, R> handler = open(fixture, Map.of())) {
        String body = ask(handler, inputs().subList(0, 1)).get(0);
        GoldenAnswers.assertAlike(json(body), golden.named());
      }
    }
  }

  /** Opens the handler on a module of this text and says why it is refused. */
  final void assertRefused(String declaration, String body, String... words) throws Exception {
    Files.delete(directory.resolve(model));
    ScriptFile.write(directory.resolve("net.pt"), declaration, body);
    try (VisionFixture fixture = new VisionFixture();
        Handler<PictureTensor, R> handler = handler()) {
      assertThatThrownBy(() -> handler.initialize(fixture.context(directory, Map.of())))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
          .hasMessageContainingAll(words);
    }
  }
}
