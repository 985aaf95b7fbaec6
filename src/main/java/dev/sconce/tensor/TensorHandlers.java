package dev.sconce.tensor;

import dev.sconce.handler.Handler;
import dev.sconce.torch.ScriptLoader;
import java.util.Map;
import java.util.function.Supplier;

/** This room's handlers by name. Immutable. */
public final class TensorHandlers {
  private final ScriptLoader scripts;

  /** Handlers of the modules that {@code scripts} loads. */
  public TensorHandlers(ScriptLoader scripts) {
    this.scripts = scripts;
  }

  /** Each handler by the name that register calls and manifests use. */
  public Map<String, Supplier<Handler<?, ?>>> byName() {
    return Map.of(BaseHandler.NAME, () -> new BaseHandler(scripts));
  }
}
