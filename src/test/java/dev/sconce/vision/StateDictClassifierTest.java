package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Handler;
import dev.sconce.vision.ImageClassifierHandler.Ranked;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A classifier of torchvision's from its state dict answers as its TorchScript does. */
class StateDictClassifierTest extends PictureHandlerContract<List<Ranked>> {
  StateDictClassifierTest() {
    super("mobilenet.pth", "mobilenet");
  }

  @Override
  Handler<PictureTensor, List<Ranked>> handler() {
    return VisionFixture.imageClassifier();
  }

  @Test
  void itSaysWhichNetworkTheWeightsAreOf() throws Exception {
    try (VisionFixture fixture = new VisionFixture();
        Handler<PictureTensor, List<Ranked>> handler = open(fixture, Map.of())) {
      assertThat(handler.describe())
          .containsEntry("module", "mobilenet.pth")
          .containsEntry("precision", "fp32");
      assertThat(String.valueOf(handler.describe().get("network")))
          .startsWith("MobileNetV2")
          .endsWith("7 classes");
    }
  }

  @Test
  void weightsOfAnotherNetworkAreRefusedSayingWhatIsServed() throws Exception {
    Files.copy(
        Path.of("sample/models/siamese/head_weight.pth"),
        directory.resolve("mobilenet.pth"),
        StandardCopyOption.REPLACE_EXISTING);
    try (VisionFixture fixture = new VisionFixture()) {
      assertThatThrownBy(() -> open(fixture, Map.of()))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
          .hasMessageContainingAll("not a classifier", "can be served as TorchScript");
    }
  }
}
