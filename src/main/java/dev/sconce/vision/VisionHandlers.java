package dev.sconce.vision;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerRecogniser;
import dev.sconce.image.ImageDecoder;
import dev.sconce.network.Classifier;
import dev.sconce.network.DynamicUnet;
import dev.sconce.torch.TorchEngine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The built-in handlers by name, and which of them fits weights that name none. Immutable. */
public final class VisionHandlers implements HandlerRecogniser {
  private final TorchEngine engine;
  private final PictureReader reader;
  private final ModuleFactory modules;

  /**
   * Handlers that compute with {@code engine}.
   *
   * @param maxPicturePixels the largest picture they decode, width times height
   */
  public VisionHandlers(TorchEngine engine, long maxPicturePixels) {
    this.engine = engine;
    this.reader =
        new PictureReader(new ImageDecoder(Math.min(maxPicturePixels, ImageDecoder.MOST_PIXELS)));
    this.modules = new ModuleFactory(engine);
  }

  /** Each handler by the name that register calls and manifests use. */
  public Map<String, Supplier<Handler<?, ?>>> byName() {
    return Map.of(
        TwinHandler.NAME,
        () -> new TwinHandler(engine, reader, modules),
        UnetHandler.NAME,
        () -> new UnetHandler(reader, modules),
        ImageClassifierHandler.NAME,
        () -> new ExplainingClassifier(reader, modules),
        ImageSegmenterHandler.NAME,
        () -> new ImageSegmenterHandler(reader, modules),
        ObjectDetectorHandler.NAME,
        () -> new ObjectDetectorHandler(reader, modules));
  }

  /**
   * {@inheritDoc}
   *
   * @throws ServingException {@code INVALID_MODEL} if the files could mean several models
   */
  @Override
  public Recognition recognise(Path modelDirectory) {
    WeightsFiles files = WeightsFiles.in(modelDirectory);
    TwinWeights twin = new TwinWeights(files);
    List<String> fitting = fitting(files, twin);
    if (fitting.isEmpty()) {
      return new Recognition(Optional.empty(), twin.found());
    }
    if (fitting.size() + files.scripts() > 1) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL,
          "the weights could mean several models; found: %s (expected: those of one; or a handler in model-config.yaml and, if it takes one file, %s)"
              .formatted(twin.found(), FILE_IN_MANIFEST));
    }
    return new Recognition(Optional.of(fitting.get(0)), twin.found());
  }

  /** One for each model that the files hold. */
  private static List<String> fitting(WeightsFiles files, TwinWeights twin) {
    List<String> names = new ArrayList<>();
    if (twin.areComplete()) {
      names.add(TwinHandler.NAME);
    }
    UnetWeights.among(files).forEach(unet -> names.add(UnetHandler.NAME));
    files.stateDicts().stream()
        .filter(weights -> Classifier.recognises(weights) && !DynamicUnet.recognises(weights))
        .forEach(classifier -> names.add(ImageClassifierHandler.NAME));
    return names;
  }
}
