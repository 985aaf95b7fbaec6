package dev.sconce.vision;

import dev.sconce.handler.Handler;
import dev.sconce.image.Pixels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** A model's directory with learners that fast.ai exported. */
abstract class UnetLearnerModels {
  @TempDir Path directory;

  void put(String fileName) throws IOException {
    Files.copy(GoldenLearner.FILES.resolve(fileName), directory.resolve(fileName));
  }

  Map<String, Object> described(Map<String, Object> settings) throws Exception {
    try (VisionFixture fixture = new VisionFixture();
        Handler<Pixels, Mask> handler = VisionFixture.unetHandler()) {
      handler.initialize(fixture.context(directory, settings));
      return handler.describe();
    }
  }
}
