package dev.sconce.torch;

import ai.djl.Device;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Loads the TorchScript file that a model's archive holds. Safe from any thread. */
public final class ScriptLoader {
  private final TorchEngine engine;

  /** A loader of modules that {@code engine} runs. */
  public ScriptLoader(TorchEngine engine) {
    this.engine = engine;
  }

  /**
   * Loads the module of a model: the manifest's serialized file, or else the one {@code .pt} file
   * that there is, beside a vocabulary.
   *
   * @param modelDirectory the unpacked archive
   * @param serializedFile what the manifest names, relative to the directory
   * @param gpu the GPU it is to be on; empty for the CPU
   * @throws ServingException {@code INVALID_MODEL} if there is no such file or libtorch cannot load
   *     it, {@code OUT_OF_MEMORY} if the device has no room for it
   */
  public TorchModule load(
      Path modelDirectory, Optional<String> serializedFile, Optional<Integer> gpu)
      throws IOException {
    Path file =
        serializedFile.isPresent()
            ? modelDirectory.resolve(serializedFile.get())
            : only(modelDirectory);
    if (!Files.isRegularFile(file)) {
      throw refused(serializedFile.orElse("") + ": no such file in the archive");
    }
    return engine.load(file, gpu.map(Device::gpu).orElseGet(Device::cpu));
  }

  private static Path only(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> scripts =
          files
              .filter(f -> f.toString().endsWith(".pt") && !f.endsWith("source_vocab.pt"))
              .sorted()
              .toList();
      if (scripts.size() == 1) {
        return scripts.get(0);
      }
      String found =
          scripts.stream().map(f -> f.getFileName().toString()).collect(Collectors.joining(", "));
      throw refused(
          "the manifest names no serialized file, and there is "
              + (found.isEmpty() ? "no .pt file" : found));
    }
  }

  private static ServingException refused(String what) {
    return new ServingException(
        ErrorCode.INVALID_MODEL,
        what.strip() + " (expected: a TorchScript file, as torch.jit.save writes it)");
  }
}
