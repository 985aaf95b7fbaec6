package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.handler.Handler;
import dev.sconce.torch.ScriptFile;
import dev.sconce.vision.ObjectDetectorHandler.Detection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectDetectorHandlerTest extends PictureHandlerContract<List<Detection>> {
  private static final String EXPECTED = "(expected: for each picture a dictionary of floating";

  ObjectDetectorHandlerTest() {
    super("detector.pt", "detector");
  }

  @Override
  Handler<PictureTensor, List<Detection>> handler() {
    return VisionFixture.objectDetector();
  }

  private Handler<PictureTensor, List<Detection>> open(
      VisionFixture fixture, String declaration, String body) throws Exception {
    Files.delete(directory.resolve("detector.pt"));
    Path file = ScriptFile.write(directory.resolve("net.pt"), declaration, body);
    assertThat(file).exists();
    return open(fixture, Map.of());
  }

  @Test
  void pictureInWhichNothingIsFoundHasAnEmptyList() throws Exception {
    try (VisionFixture fixture = new VisionFixture();
        Handler<PictureTensor, List<Detection>> handler =
            open(
                fixture,
                "x: List[Tensor]) -> List[Dict[str, Tensor]]",
                """
                e = torch.zeros([0])
                d = {"boxes": torch.zeros([0, 4]), "labels": torch.to(e, 4), "scores": e}
                return [d]""")) {
      assertThat(ask(handler, inputs().subList(0, 1))).containsExactly("[]");
      assertThat(handler.describe()).containsEntry("moduleTakes", "a list of float32 CHW");
    }
  }

  @Test
  void aScoreOfHalfIsEnough() throws Exception {
    try (VisionFixture fixture = new VisionFixture();
        Handler<PictureTensor, List<Detection>> handler =
            open(
                fixture,
                "x: List[Tensor]) -> List[Dict[str, Tensor]]",
                """
                s = torch.mul(torch.ones([2]), 0.5)
                t = torch.sub(s, torch.to(torch.arange(2), 6), alpha=0.001)
                d = {"boxes": torch.ones([2, 4]), "labels": torch.arange(2), "scores": t}
                return [d]""")) {
      assertThat(ask(handler, inputs().subList(0, 1)))
          .containsExactly(
              """
              [
                {
                  "0": [
                    1.0,
                    1.0,
                    1.0,
                    1.0
                  ],
                  "score": 0.5
                }
              ]""");
    }
  }

  /** A traced detector may be for one size alone, which nobody but its caller knows. */
  @Test
  void aModuleForOneSizeIsServedAndTellsWhatItWasGiven() throws Exception {
    try (VisionFixture fixture = new VisionFixture();
        Handler<PictureTensor, List<Detection>> handler =
            open(
                fixture,
                "x: Tensor) -> List[Dict[str, Tensor]]",
                """
                y = torch.view(x, [1, 3, 40, 50])
                n = torch.narrow(torch.flatten(torch.narrow(y, 3, 0, 1)), 0, 0, 1)
                scores = torch.add(n, 1)
                d = {"boxes": torch.ones([1, 4]), "labels": torch.to(n, 4), "scores": scores}
                return [d]""")) {
      PictureTensor other = handler.preprocess(inputs().get(0));
      assertThatThrownBy(() -> handler.inference(List.of(other)))
          .hasMessageStartingWith("net.pt: forward(float32 [1, 3, 83, 119]) failed: shape '[1, 3,");
      float[] values = new float[3 * 40 * 50];
      PictureTensor fitting =
          new PictureTensor(List.of(3L, 40L, 50L), floats -> floats.put(values), Optional.empty());
      assertThat(handler.inference(List.of(fitting))).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x: Tensor) -> Tensor | return x | float32 [1, 3, 224, 224]",
        "x: Tensor) -> List[Tensor] | return [x] | a list of 1, the first float32",
        "x: Tensor) -> List[Dict[str, Tensor]] | return [{\"boxes\": x}, {\"boxes\": x}]"
            + " | a list of 2, the first a dictionary of boxes",
        "x: Tensor) -> List[Dict[str, Tensor]] | return [{\"boxes\": x}]"
            + " | a list of 1, the first a dictionary of boxes: float32 [1, 3, 224, 224]",
        "x: Tensor) -> List[Dict[str, Tensor]] | return [{\"boxes\": torch.ones([2, 4]),"
            + " \"labels\": torch.arange(3), \"scores\": torch.ones([3])}]"
            + " | a list of 1, the first a dictionary of boxes: float32 [2, 4], labels: int64 [3],"
            + " scores: float32 [3]",
        "x: Tensor) -> List[Dict[str, Tensor]] | return [{\"boxes\": torch.ones([3, 4]),"
            + " \"labels\": torch.ones([3]), \"scores\": torch.ones([3])}]"
            + " | a list of 1, the first a dictionary of boxes: float32 [3, 4], labels: float32",
      })
  void aModuleThatGivesAnythingElseIsRefusedWithWhatItGave(
      String declaration, String body, String gave) throws Exception {
    assertRefused(
        declaration, body, "net.pt: forward(float32 [1, 3, 224, 224]) gave " + gave, EXPECTED);
  }
}
