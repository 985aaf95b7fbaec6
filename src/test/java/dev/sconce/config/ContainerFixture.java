package dev.sconce.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The configuration of {@code serve} in a container whose root is a directory of the tests.
 *
 * @param root its root directory
 */
record ContainerFixture(Path root) {

  /** An empty file. */
  void file(String path) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "");
  }

  ServerConfig load(Map<String, String> environment) {
    return load(environment, Optional.empty(), Map.of());
  }

  ServerConfig load(String properties, Map<String, String> environment) throws IOException {
    Path file = Files.writeString(root.resolve("a.properties"), properties);
    return load(environment, Optional.of(file), Map.of());
  }

  ServerConfig load(
      Map<String, String> environment, Optional<Path> file, Map<String, String> commandLine) {
    Overrides overrides =
        new Overrides(file, Optional.empty(), Optional.empty(), Optional.of(root), commandLine);
    return loader(environment).load(overrides);
  }

  /** The same of {@code torchserve}. */
  ServerConfig loadOutside(Map<String, String> environment, String store) {
    return loader(environment)
        .load(new Overrides(Optional.empty(), Optional.of(root.resolve(store)), List.of("all")));
  }

  private ConfigLoader loader(Map<String, String> environment) {
    return new ConfigLoader(1 << 30, root.resolve("tmp"), root, environment);
  }
}
