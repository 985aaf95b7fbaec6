package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.torch.TestDevice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Learners that the weights alone do not show to be unlike what is served here. */
class UnetLearnerRefusalsTest extends UnetLearnerModels {
  @Test
  void anotherActivationWhichTheWeightsDoNotShowIsRefused() throws Exception {
    put("learner-mish.pkl");
    assertRefused(
        "learner-mish.pkl: model.layers\\.[0-9.]+ is a [a-z.]*Mish \\(expected: one of .*");
  }

  @Test
  void aBatchNormWithAnotherEpsIsRefused() throws Exception {
    patch(pickled(1e-5), pickled(1e-3));
    assertRefused(
        "learner-legacy.pkl: model\\.layers\\.[0-9.]+\\.eps: 0.001 \\(expected: 1.0E-5\\)");
  }

  @Test
  void aSizeThatIsNoneIsRefused() throws Exception {
    patch("KPKP", "K\0KP"); // opcodes of small numbers
    assertRefused(
        "learner-legacy.pkl: fastai\\.vision\\.augment\\.Resize: 80 x 0 pixels \\(expected: 1 to"
            + " 4096 a side\\)");
  }

  private static String pickled(double number) {
    byte[] bytes = ByteBuffer.allocate(9).put((byte) 'G').putDouble(number).array();
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Changes a learner that is no zip, so that no checksum has to follow. */
  private void patch(String before, String after) throws IOException {
    put("learner-legacy.pkl");
    Path file = directory.resolve("learner-legacy.pkl");
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    int at = text.indexOf(before);
    String changed = text.substring(0, at) + after + text.substring(at + before.length());
    Files.writeString(file, changed, StandardCharsets.ISO_8859_1);
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> described(Map.of()))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
        .hasMessageMatching(message);
  }

  @Test
  void aLearnerOfAnotherNetworkIsToldOf() throws Exception {
    put("learner-classifier.pkl");
    String found =
        "learner-classifier.pkl (a fast.ai learner of a torch.nn.modules.container.Sequential, 18"
            + " keys; of learners only those of U-Nets over a ResNet are served)";
    assertThatThrownBy(() -> described(Map.of()))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
        .hasMessage(
            "unet: 0 files hold a fast.ai DynamicUnet's weights (expected: 1, or the manifest's);"
                + " found: "
                + found);
    VisionHandlers handlers = new VisionHandlers(TestDevice.engine(), 1 << 24);
    assertThat(handlers.recognise(directory).handler()).isEmpty();
    assertThat(handlers.recognise(directory).found()).isEqualTo(found);
  }
}
