package dev.sconce.vision;

import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerRecogniser;
import dev.sconce.image.ImageDecoder;
import dev.sconce.network.Classifier;
import dev.sconce.torch.TorchEngine;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The built-in handlers by name, and which of them fits weights that name none. Immutable. */
public final class VisionHandlers implements HandlerRecogniser {
  private final PictureReader reader;
  private final ModuleFactory modules;

  /**
   * Handlers that compute with {@code engine}.
   *
   * @param maxPicturePixels the largest picture they decode, width times height
   */
  public VisionHandlers(TorchEngine engine, long maxPicturePixels) {
    this.reader =
        new PictureReader(new ImageDecoder(Math.min(maxPicturePixels, ImageDecoder.MOST_PIXELS)));
    this.modules = new ModuleFactory(engine);
  }

  /** Each handler by the name that register calls and manifests use. */
  public Map<String, Supplier<Handler<?, ?>>> byName() {
    return Map.of(
        TwinHandler.NAME,
        () -> new TwinHandler(reader, modules),
        UnetHandler.NAME,
        () -> new UnetHandler(reader, modules),
        ImageClassifierHandler.NAME,
        () -> new ExplainingClassifier(reader, modules),
        ImageSegmenterHandler.NAME,
        () -> new ImageSegmenterHandler(reader, modules),
        ObjectDetectorHandler.NAME,
        () -> new ObjectDetectorHandler(reader, modules));
  }

  @Override
  public Recognition recognise(Path modelDirectory) {
    WeightsFiles files = WeightsFiles.in(modelDirectory);
    TwinWeights twin = new TwinWeights(files);
    return new Recognition(fitting(files, twin), twin.found());
  }

  private static Optional<String> fitting(WeightsFiles files, TwinWeights twin) {
    if (twin.areComplete()) {
      return Optional.of(TwinHandler.NAME);
    }
    if (UnetWeights.among(files).size() == 1) {
      return Optional.of(UnetHandler.NAME);
    }
    long classifiers = files.stateDicts().stream().filter(Classifier::recognises).count();
    return classifiers == 1 ? Optional.of(ImageClassifierHandler.NAME) : Optional.empty();
  }
}
