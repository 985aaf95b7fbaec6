package dev.sconce;

import dev.sconce.config.ServerConfig;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerLoader;
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
 * The handlers of every room that has some.
 *
 * @param loader makes them, and those in archives' jars
 * @param recogniser tells which of them fits files that name none: weights that are known before a
 *     TorchScript file, which can be anything
 */
record BuiltInHandlers(HandlerLoader loader, HandlerRecogniser recogniser) {

  /** All there are, computing with {@code engine}. */
  static BuiltInHandlers of(ServerConfig config, TorchEngine engine) {
    ScriptLoader scripts = new ScriptLoader(engine);
    VisionHandlers vision = new VisionHandlers(engine, config.maxPicturePixels());
    TensorHandlers tensors =
        new TensorHandlers(
            scripts, config.sageMaker().defaultAccept().orElse(TensorHandlers.DEFAULT_ACCEPT));
    Map<String, Supplier<Handler<?, ?>>> all = new HashMap<>(vision.byName());
    all.putAll(tensors.byName());
    all.putAll(new TextHandlers(scripts).byName());
    return new BuiltInHandlers(new HandlerLoader(all), vision.or(tensors));
  }
}
