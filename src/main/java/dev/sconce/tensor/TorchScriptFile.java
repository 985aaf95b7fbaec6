package dev.sconce.tensor;

import static java.util.stream.Collectors.joining;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.HandlerRecogniser;
import dev.sconce.weights.WeightsFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which file of a directory AWS's default handler takes for the model. */
final class TorchScriptFile {
  private static final String NAME = "model.pt";

  private TorchScriptFile() {}

  /**
   * {@code model.pt}, else the only file whose name ends in {@code .pt} or {@code .pth}.
   *
   * @throws ServingException {@code INVALID_MODEL} naming such files if there is not one of them
   */
  static Path in(Path directory) {
    List<Path> files = files(directory);
    return chosen(files)
        .orElseThrow(
            () ->
                new ServingException(
                    ErrorCode.INVALID_MODEL,
                    "Exactly one .pth or .pt file is required for PyTorch models: "
                        + files.stream()
                            .map(file -> "'" + file.getFileName() + "'")
                            .collect(joining(", ", "[", "]"))
                        + " (expected: one file, model.pt, or "
                        + HandlerRecogniser.FILE_IN_MANIFEST
                        + ")"));
  }

  /** Whether there is such a file, and it is what {@code torch.jit.save} writes. */
  static boolean isIn(Path directory) {
    return chosen(files(directory)).filter(TorchScriptFile::isScript).isPresent();
  }

  /** The names of several such files, one of them a TorchScript file, if it is not told which. */
  static Optional<String> severalIn(Path directory) {
    List<Path> files = files(directory);
    return chosen(files).isEmpty() && files.stream().anyMatch(TorchScriptFile::isScript)
        ? Optional.of(
            files.stream().map(file -> file.getFileName().toString()).collect(joining(", ")))
        : Optional.empty();
  }

  private static boolean isScript(Path file) {
    try {
      return WeightsFormat.of(file) == WeightsFormat.TORCHSCRIPT;
    } catch (ServingException e) {
      return false; // no weights at all; whoever looked before has said so
    }
  }

  private static Optional<Path> chosen(List<Path> files) {
    return files.stream()
        .filter(file -> file.endsWith(NAME))
        .findFirst()
        .or(() -> files.stream().findFirst().filter(file -> files.size() == 1));
  }

  private static List<Path> files(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> file.toString().endsWith(".pt") || file.toString().endsWith(".pth"))
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL, "the model's directory cannot be read: " + e.getMessage(), e);
    }
  }
}
