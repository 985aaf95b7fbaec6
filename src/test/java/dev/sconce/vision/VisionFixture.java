package dev.sconce.vision;

import dev.sconce.handler.Device;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.HandlerFixture;
import dev.sconce.handler.HandlerMetrics;
import dev.sconce.handler.HandlerSettings;
import dev.sconce.handler.Input;
import dev.sconce.handler.SharedResources;
import dev.sconce.image.ImageDecoder;
import dev.sconce.torch.TestDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What handlers of this room are given, on the device that tests run on. */
final class VisionFixture implements AutoCloseable {
  private static final PictureReader READER = new PictureReader(new ImageDecoder(1 << 24));

  final SharedResources shared = new SharedResources();

  static Device device() {
    return TestDevice.get().isGpu() ? Device.cuda(0) : Device.CPU;
  }

  static TwinHandler twinHandler() {
    return new TwinHandler(TestDevice.engine(), READER, modules());
  }

  static ImageClassifierHandler imageClassifier() {
    return new ImageClassifierHandler(READER, modules());
  }

  static ExplainingClassifier explainingClassifier() {
    return new ExplainingClassifier(READER, modules());
  }

  static ImageSegmenterHandler imageSegmenter() {
    return new ImageSegmenterHandler(READER, modules());
  }

  static ObjectDetectorHandler objectDetector() {
    return new ObjectDetectorHandler(READER, modules());
  }

  private static ModuleFactory modules() {
    return new ModuleFactory(TestDevice.engine());
  }

  static UnetHandler unetHandler() {
    return new UnetHandler(
        new PictureReader(new ImageDecoder(1 << 24)), new ModuleFactory(TestDevice.engine()));
  }

  HandlerContext context(Path modelDirectory, Map<String, Object> settings) {
    return new HandlerContext(
        "model",
        "1.0",
        modelDirectory,
        Optional.empty(),
        Optional.empty(),
        new HandlerSettings(settings),
        device(),
        shared,
        HandlerMetrics.NONE);
  }

  /** A request of the given parts: files by their paths, other values by their text. */
  static Input input(Map<String, ?> parts) throws IOException {
    return input(parts, Map.of());
  }

  static Input input(Map<String, ?> parts, Map<String, String> headers) throws IOException {
    return HandlerFixture.input(parts, headers);
  }

  @Override
  public void close() {
    shared.close();
  }
}
