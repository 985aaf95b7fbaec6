package dev.sconce;

import dev.sconce.config.ServerConfig;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerRecogniser;
import dev.sconce.tensor.TensorHandlers;
import dev.sconce.text.TextHandlers;
import dev.sconce.torch.ScriptLoader;
import dev.sconce.torch.TorchEngine;
import dev.sconce.vision.VisionHandlers;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The handlers of all rooms.
 *
 * @param byName each by the name that register calls and manifests use
 * @param recogniser tells which of them fits files that name none: weights that are known before a
 *     TorchScript file, which can be anything
 */
record BuiltInHandlers(Map<String, Supplier<Handler<?, ?>>> byName, HandlerRecogniser recogniser) {

  /** Handlers that compute with {@code engine}, as the configuration wants them. */
  static BuiltInHandlers of(TorchEngine engine, ServerConfig config) {
    ScriptLoader scripts = new ScriptLoader(engine);
    VisionHandlers vision = new VisionHandlers(engine, config.maxPicturePixels());
    TensorHandlers tensors =
        new TensorHandlers(
            scripts, config.sageMaker().defaultAccept().orElse(TensorHandlers.DEFAULT_ACCEPT));
    Map<String, Supplier<Handler<?, ?>>> all = new HashMap<>(vision.byName());
    all.putAll(tensors.byName());
    all.putAll(new TextHandlers(scripts).byName());
    return new BuiltInHandlers(Map.copyOf(all), vision.or(tensors));
  }
}
