package dev.sconce.vision;

import dev.sconce.handler.Handler;
import dev.sconce.handler.Input;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
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
}
