package dev.sconce.vision;

import dev.sconce.handler.Handler;
import dev.sconce.handler.Input;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What every built-in handler of this room keeps to: what all handlers do. */
abstract class HandlerContract<P, R> extends dev.sconce.handler.HandlerContract<P, R> {
  /** A new handler, not initialized. */
  abstract Handler<P, R> handler();

  /** A model it serves. */
  abstract Path modelDirectory() throws IOException;

  /** Requests that it answers, each otherwise. */
  abstract List<Input> inputs() throws IOException;

  @Override
  protected final Handler<P, R> newHandler() {
    return handler();
  }

  @Override
  protected final Path model() throws IOException {
    return modelDirectory();
  }

  @Override
  protected final List<Input> requests() throws IOException {
    return inputs();
  }
}
