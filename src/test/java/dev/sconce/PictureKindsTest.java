package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerFixture;
import dev.sconce.handler.Input;
import dev.sconce.image.ImageDecoder;
import dev.sconce.image.PngFile;
import dev.sconce.torch.TestDevice;
import dev.sconce.vision.VisionHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The twin network and the U-Net answer to pictures that are no RGB as to their RGB pixels, which
 * the tests of the decoder compare with Pillow's; those of the other handlers have TorchServe's
 * answers to each kind.
 */
class PictureKindsTest {
  private static final Path PICTURES = Path.of("src/test/resources/image");
  private static final List<String> KINDS =
      List.of(
          "png/grey1.png",
          "png/grey8.png",
          "png/la8.png",
          "png/palette8.png",
          "png/trns-palette.png",
          "png/rgba8.png",
          "png/deep1.png", // 16 bits
          "png/deep4.png",
          "jpeg/ycck-420.jpg",
          "tiff/cmyk.tif",
          "webp/lossless-RGBA.webp");

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"twin, twin.mar", "unet, fastunet.mar"})
  void picturesOfEveryKindAreAnsweredAsTheirRgbPixels(String name, String archive)
      throws Exception {
    FailingCalls.unpackWeights(Path.of("src/test/resources/served").resolve(archive), directory);
    VisionHandlers handlers = new VisionHandlers(TestDevice.engine(), 1 << 24);
    List<Input> asTheyAre = new ArrayList<>();
    List<Input> asRgb = new ArrayList<>();
    for (String kind : KINDS) {
      Path picture = PICTURES.resolve(kind);
      asTheyAre.add(request(picture));
      asRgb.add(request(rgb(picture)));
    }
    try (HandlerFixture fixture = new HandlerFixture();
        Handler<?, ?> handler = Objects.requireNonNull(handlers.byName().get(name)).get()) {
      handler.initialize(fixture.context(directory, Map.of()));
      List<String> answers = HandlerFixture.answers(handler, asTheyAre);
      assertThat(answers).isEqualTo(HandlerFixture.answers(handler, asRgb));
      assertThat(answers).doesNotHaveDuplicates();
    }
  }

  private static Input request(Path picture) throws Exception {
    return HandlerFixture.input(Map.of("left", picture, "right", picture, "data", picture));
  }

  private Path rgb(Path picture) throws Exception {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(picture));
    byte[] png = PngFile.of(new ImageDecoder(1 << 24).decode(bytes));
    return Files.write(directory.resolve(picture.getFileName() + ".png"), png);
  }
}
