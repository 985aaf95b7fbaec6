package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Handler;
import dev.sconce.handler.Input;
import dev.sconce.torch.ScriptFile;
import dev.sconce.vision.ImageClassifierHandler.Ranked;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageClassifierHandlerTest extends PictureHandlerContract<List<Ranked>> {
  private static final String TENSOR_TO_TENSOR = "x: Tensor) -> Tensor";

  ImageClassifierHandlerTest() {
    super("classifier.pt", "classifier");
  }

  @Override
  Handler<PictureTensor, List<Ranked>> handler() {
    return VisionFixture.imageClassifier();
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "7,7", "100,7"})
  void topKSaysHowManyClasses(int topK, int classes) throws Exception {
    try (VisionFixture fixture = new VisionFixture();
        Handler<PictureTensor, List<Ranked>> handler = open(fixture, Map.of("topK", topK))) {
      assertThat(json(ask(handler, inputs()).get(0)).size()).isEqualTo(classes);
      assertThat(handler.describe()).containsEntry("topK", topK);
    }
  }

  @Test
  void aTopKOfNoneIsRefused() {
    try (VisionFixture fixture = new VisionFixture()) {
      assertThatThrownBy(() -> open(fixture, Map.of("topK", 0)))
          .hasMessage("model-config.yaml: topK: 0 (expected: >= 1)");
    }
  }

  @Test
  void aClassWithoutANameFailsTheRequestsThatMeetItAndNoOthers() throws Exception {
    Files.writeString(directory.resolve("index_to_name.json"), "{\"1\": \"cat\"}");
    try (VisionFixture fixture = new VisionFixture();
        Handler<PictureTensor, List<Ranked>> handler = open(fixture, Map.of("topK", 1))) {
      Input input = inputs().get(0);
      assertThat(handler.postprocess(input, List.of(new Ranked(1, 0.5f)))).isNotNull();
      assertThatThrownBy(() -> handler.postprocess(input, List.of(new Ranked(2, 0.5f))))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL))
          .hasMessage(
              "index_to_name.json: class 2 has no name (expected: one for each class; it names 1)");
    }
  }

  /** The worker then asks about each picture alone, which this module can answer. */
  @Test
  void aModuleThatGivesTooFewRowsForABatchFailsIt() throws Exception {
    Files.delete(directory.resolve("classifier.pt"));
    ScriptFile.write(
        directory.resolve("net.pt"),
        TENSOR_TO_TENSOR,
        "return torch.narrow(torch.flatten(x, 1), 0, 0, 1)");
    try (VisionFixture fixture = new VisionFixture();
        Handler<PictureTensor, List<Ranked>> handler = open(fixture, Map.of())) {
      assertThat(ask(handler, inputs().subList(0, 1))).hasSize(1);
      assertThatThrownBy(() -> ask(handler, inputs().subList(0, 2)))
          .hasMessageStartingWith(
              "net.pt: forward(float32 [2, 3, 224, 224]) gave float32 [1, 150528] (expected: ");
    }
  }

  @Test
  void aModuleForOtherPicturesIsRefusedWithWhatItWasGiven() throws Exception {
    assertRefused(
        TENSOR_TO_TENSOR,
        "return torch.mm(torch.flatten(x, 1), torch.ones([10, 5]))",
        "net.pt: forward(float32 [1, 3, 224, 224]) failed: mat1 and mat2 shapes cannot be"
            + " multiplied (1x150528 and 10x5)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x: Tensor) -> Tensor | return x | float32 [1, 3, 224, 224]",
        "x: Tensor) -> Tensor | return torch.ones([2, 5]) | float32 [2, 5]",
        "x: Tensor) -> Tensor | return torch.ones([1, 0]) | float32 [1, 0]",
        "x: Tensor) -> Tensor | return torch.to(torch.ones([1, 5]), 4) | int64 [1, 5]",
        "x: Tensor) -> int | return 3 | int",
        "x: Tensor) -> Optional[Tensor] | return None | NoneType",
        "x: Tensor) -> Tuple[Tensor, int] | return (x, 3) | a list of 2, the first float32",
        "x: Tensor) -> Dict[str, Tensor] | return {\"out\": x} | a dictionary of out",
        "x: Tensor) -> Dict[int, Tensor] | return {7: x} | Dict(int, Tensor)",
      })
  void aModuleThatGivesAnythingElseIsRefusedWithWhatItGave(
      String declaration, String body, String gave) throws Exception {
    assertRefused(
        declaration,
        body,
        "net.pt: forward(float32 [1, 3, 224, 224]) gave " + gave,
        "(expected: floating point numbers [pictures, classes])");
  }
}
