package dev.sconce.text;

import dev.sconce.handler.Handler;
import dev.sconce.torch.ScriptLoader;
import java.util.Map;
import java.util.function.Supplier;

/** This room's handlers by name. Immutable. */
public final class TextHandlers {
  private final ScriptLoader scripts;
  private final Words words = new Words();

  /** Handlers of the modules that {@code scripts} loads. */
  public TextHandlers(ScriptLoader scripts) {
    this.scripts = scripts;
  }

  /** Each handler by the name that register calls and manifests use. */
  public Map<String, Supplier<Handler<?, ?>>> byName() {
    return Map.of(TextClassifierHandler.NAME, () -> new TextClassifierHandler(scripts, words));
  }
}
