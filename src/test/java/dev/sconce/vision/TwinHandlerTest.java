package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import dev.sconce.handler.Handler;
import dev.sconce.handler.Input;
import dev.sconce.network.Methods;
import dev.sconce.network.OperatorSet;
import dev.sconce.network.Precision;
import dev.sconce.torch.TestDevice;
import dev.sconce.torch.TorchModule;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract, with the small twin of {@code scripts/golden/served.py}. */
class TwinHandlerTest extends HandlerContract<TwinHandler.Pair, TwinHandler.Judged> {
  private static final Path SERVED = Path.of("src/test/resources/served");
  @TempDir Path directory;

  @Override
  Handler<TwinHandler.Pair, TwinHandler.Judged> handler() {
    return VisionFixture.twinHandler();
  }

  @BeforeEach
  void unpack() throws IOException {
    try (FileSystem archive = FileSystems.newFileSystem(SERVED.resolve("twin.mar"))) {
      for (String name : List.of("encoder_weight.pth", "head_weight.pth")) {
        Files.copy(archive.getPath(name), directory.resolve(name));
      }
    }
  }

  @Override
  Path modelDirectory() {
    return directory;
  }

  @Override
  List<Input> inputs() throws IOException {
    return List.of(
        input("baseline.jpg", "colour.png", "True"),
        input("grey.jpg", "cmyk.jpg", "False"),
        input("progressive.jpg", "baseline.jpg", "1"),
        input("colour.png", "grey.jpg", "no"));
  }

  private static Input input(String left, String right, String cam) throws IOException {
    return VisionFixture.input(
        Map.of("left", SERVED.resolve(left), "right", SERVED.resolve(right), "cam", cam));
  }

  @Test
  void itsDescriptionSaysHowManyWeightsArePackedOnAProcessor() throws Exception {
    try (VisionFixture fixture = new VisionFixture();
        Handler<?, ?> handler = handler()) {
      handler.initialize(fixture.context(directory, Map.of()));
      Object packed = handler.describe().get("convolutionWeights");
      if (VisionFixture.device().isGpu()) {
        assertThat(packed).isNull();
      } else {
        assertThat((String) packed).matches("[1-9]\\d* of \\d+ in oneDNN's order");
      }
    }
  }

  @Test
  void inBf16ItSaysWhatItSaysInFp32Nearly() throws Exception {
    Agreement agreement = compared(Precision.BF16);
    assertThat(agreement.flips()).isZero();
    assertThat(agreement.largestDifference()).isBetween(1e-6, 0.5);
    assertThat(agreement.requests()).isBetween(1, 32);
    assertThat(agreement.labels()).isEqualTo(agreement.requests());
  }

  @Test
  void inFp32ItAgreesWithItself() throws Exception {
    Agreement agreement = compared(Precision.FP32);
    assertThat(agreement.flips()).isZero();
    assertThat(agreement.largestDifference()).isZero();
    assertThat(agreement.labels()).isEqualTo(agreement.requests());
  }

  private Agreement compared(Precision precision) throws IOException {
    try (TorchModule module = loaded(precision);
        TorchModule reference = loaded(Precision.FP32)) {
      return Agreement.of(module, reference, Methods.FORWARD, new Shape(2, 64, 64, 3));
    }
  }

  private TorchModule loaded(Precision precision) throws IOException {
    Path file = directory.resolve(precision + ".pt");
    TwinWeights.in(directory).network().write(file, precision, OperatorSet.ATEN);
    return TestDevice.engine().load(file, TestDevice.get());
  }
}
