package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.HandlerMetrics;
import dev.sconce.handler.HandlerSettings;
import dev.sconce.torch.ScriptFile;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which file a picture handler's model is in, and what is said of files that are no models. */
class PictureModuleTest {
  @TempDir Path directory;

  private void load(Optional<String> serializedFile) throws Exception {
    try (VisionFixture fixture = new VisionFixture()) {
      HandlerContext context =
          new HandlerContext(
              "model",
              "1.0",
              directory,
              serializedFile,
              Optional.empty(),
              HandlerSettings.NONE,
              VisionFixture.device(),
              fixture.shared,
              HandlerMetrics.NONE);
      ImageClassifierHandler handler = VisionFixture.imageClassifier();
      handler.initialize(context);
      assertThat(handler.describe()).containsEntry("moduleTakes", "float32 NCHW");
    }
  }

  private void assertRefused(Optional<String> serializedFile, String message) {
    assertThatThrownBy(() -> load(serializedFile))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
        .hasMessageStartingWith(message);
  }

  private void copy(String name) throws IOException {
    Files.copy(GoldenAnswers.DIRECTORY.resolve("classifier.pt"), directory.resolve(name));
  }

  @Test
  void theOnlyModelFileIsTaken() throws Exception {
    copy("any name.PTH");
    Files.writeString(directory.resolve("labels.txt"), "x");
    load(Optional.empty());
  }

  @Test
  void ofSeveralTheManifestsIsTaken() throws Exception {
    copy("a.pt");
    copy("b.model");
    Files.writeString(directory.resolve("c.pt"), "x");
    load(Optional.of("b.model"));
    assertRefused(
        Optional.empty(),
        "found: a.pt, b.model, c.pt (expected: one .pt, .pth, .bin or .safetensors file, or a"
            + " serializedFile in the manifest, as torch-model-archiver --serialized-file writes"
            + " it)");
    assertRefused(
        Optional.of("d.pt"),
        "found: a.pt, b.model, c.pt (expected: the manifest's serializedFile d.pt)");
  }

  @Test
  void weightsOfANetworkThatIsNotKnownAreNamed() throws Exception {
    try (FileSystem archive =
        FileSystems.newFileSystem(Path.of("src/test/resources/served/twin.mar"))) {
      Files.copy(archive.getPath("encoder_weight.pth"), directory.resolve("vgg16.pth"));
    }
    assertRefused(
        Optional.empty(),
        "vgg16.pth: not a classifier that can be told from its 72 keys, which begin with [0.weight,");
  }

  @Test
  void otherFormatsAreNamed() throws Exception {
    Files.writeString(directory.resolve("model.onnx"), "\b\u0007pytorch: onnx");
    assertRefused(Optional.of("model.onnx"), "model.onnx: begins with");
  }

  @Test
  void operatorsThatLibtorchLacksAreNamedWithTheWayToGiveThem() throws Exception {
    ScriptFile.write(
        directory.resolve("faster.pt"),
        "x: Tensor) -> Tensor",
        """
        y = ops.torchvision.nms(x, x, 0.5)
        z = torch.add(ops.torchvision.roi_align(x, y, 1., 7, 7, 2, False), y)
        return torch.neg(z)""");
    assertRefused(
        Optional.empty(),
        "faster.pt: it calls operators that libtorch lacks: torchvision::nms,"
            + " torchvision::roi_align (expected: a library for this libtorch that has them, its"
            + " path in the environment's PYTORCH_EXTRA_LIBRARY_PATH when the server starts");
  }
}
