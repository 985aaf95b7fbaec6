package dev.sconce.handler;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the one file that a model is in. */
final class ModelFile {
  private static final List<String> EXTENSIONS = List.of(".pt", ".pth", ".bin", ".safetensors");

  private ModelFile() {}

  /** See {@link HandlerContext#modelFile}. */
  static Path in(Path directory, Optional<String> serializedFile, Set<String> besides) {
    List<Path> files = files(directory);
    List<Path> candidates =
        serializedFile
            .map(name -> List.of(directory.resolve(name)))
            .orElseGet(() -> files.stream().filter(file -> holdsModel(file, besides)).toList());
    if (candidates.size() != 1 || !Files.isRegularFile(candidates.get(0))) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL,
          "found: %s (expected: %s)"
              .formatted(
                  files.isEmpty() ? "no files" : names(files),
                  serializedFile
                      .map(name -> "the manifest's serializedFile " + name)
                      .orElse(
                          "one .pt, .pth, .bin or .safetensors file, or "
                              + HandlerRecogniser.FILE_IN_MANIFEST)));
    }
    return candidates.get(0);
  }

  private static List<Path> files(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL, "the model's directory cannot be read: " + e.getMessage(), e);
    }
  }

  private static boolean holdsModel(Path file, Set<String> besides) {
    String name = file.getFileName().toString();
    String lowerCase = name.toLowerCase(Locale.ROOT);
    return !besides.contains(name) && EXTENSIONS.stream().anyMatch(lowerCase::endsWith);
  }

  private static String names(List<Path> files) {
    return String.join(", ", files.stream().map(file -> file.getFileName().toString()).toList());
  }
}
