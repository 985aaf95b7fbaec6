package dev.sconce.vision;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.weights.StateDict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files of a model's directory, by name, with the state dicts that some of them hold.
 *
 * @param entries a file each
 */
record WeightsFiles(List<Entry> entries) {
  private static final List<String> EXTENSIONS = List.of(".pth", ".pt", ".bin", ".safetensors");

  /**
   * A file.
   *
   * @param text its name, or what is wrong with it if it should hold weights
   * @param weights in it, if it is to hold some and does
   */
  record Entry(String text, Optional<StateDict> weights) {}

  /** Copies the list. */
  WeightsFiles {
    entries = List.copyOf(entries);
  }

  /**
   * Looks through a directory.
   *
   * @throws ServingException {@code INVALID_MODEL} if the directory cannot be read
   */
  static WeightsFiles in(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return new WeightsFiles(
          files.filter(Files::isRegularFile).sorted().map(WeightsFiles::entry).toList());
    } catch (IOException e) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL, "the model's directory cannot be read: " + e.getMessage(), e);
    }
  }

  private static Entry entry(Path file) {
    String name = file.getFileName().toString();
    if (EXTENSIONS.stream().noneMatch(name.toLowerCase(Locale.ROOT)::endsWith)) {
      return new Entry(name, Optional.empty());
    }
    try {
      return new Entry(name, Optional.of(StateDict.read(file)));
    } catch (ServingException e) {
      return new Entry(String.valueOf(e.getMessage()), Optional.empty());
    }
  }

  /** The state dicts, by their files' names. */
  List<StateDict> stateDicts() {
    return entries.stream().flatMap(entry -> entry.weights.stream()).toList();
  }

  /**
   * What there is, for people: {@code unet.pth (weights of a fast.ai U-Net); labels.txt}.
   *
   * @param kind says what a state dict is
   */
  String found(Function<StateDict, String> kind) {
    return entries.isEmpty()
        ? "no files"
        : entries.stream()
            .map(e -> e.text + e.weights.map(w -> " (" + kind.apply(w) + ")").orElse(""))
            .collect(Collectors.joining("; "));
  }
}
