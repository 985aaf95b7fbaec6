package dev.sconce;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/** Makes models in a store, as folders. */
final class ModelFolder {
  private ModelFolder() {}

  /**
   * A model without files.
   *
   * @param config the text of {@code model-config.yaml}
   */
  static Path make(Path store, String name, String handler, String config) throws IOException {
    Path model = store.resolve(name);
    Files.createDirectories(model.resolve("MAR-INF"));
    Files.writeString(
        model.resolve("MAR-INF/MANIFEST.json"),
        "{\"model\": {\"modelName\": \"%s\", \"handler\": \"%s\"}}".formatted(name, handler));
    Files.writeString(model.resolve("model-config.yaml"), config);
    return model;
  }

  /** A model with a handler of its own. */
  static Path make(Path store, String name, Class<?> handler, String config) throws IOException {
    Path model = make(store, name, handler.getName(), config);
    addJar(model, handler);
    return model;
  }

  /** Puts a class into a jar in {@code model}. */
  static void addJar(Path model, Class<?> handler) throws IOException {
    String file = handler.getName().replace('.', '/') + ".class";
    try (JarOutputStream jar =
            new JarOutputStream(Files.newOutputStream(model.resolve("handler.jar")));
        InputStream code =
            Objects.requireNonNull(
                handler.getResourceAsStream(handler.getSimpleName() + ".class"))) {
      jar.putNextEntry(new JarEntry(file));
      code.transferTo(jar);
    }
  }
}
