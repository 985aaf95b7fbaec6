package dev.sconce.vision;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.network.DynamicUnet;
import dev.sconce.weights.Learner;
import dev.sconce.weights.StateDict;
import dev.sconce.weights.WeightsFormat;
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
  private static final List<String> EXTENSIONS =
      List.of(".pth", ".pt", ".bin", ".safetensors", ".pkl");

  /**
   * A file.
   *
   * @param text its name, or what is wrong with it if it should hold weights
   * @param weights in it, if it is to hold some and does
   * @param learner in it, if it holds a whole one of fast.ai's; it then has no {@code weights}
   * @param script whether it is a TorchScript archive; it then has neither
   */
  record Entry(
      String text, Optional<StateDict> weights, Optional<Learner> learner, boolean script) {
    private static Entry of(String text) {
      return new Entry(text, Optional.empty(), Optional.empty(), false);
    }
  }

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
      return Entry.of(name);
    }
    try {
      if (WeightsFormat.of(file) == WeightsFormat.TORCHSCRIPT) {
        return new Entry(
            name + " (a TorchScript archive)", Optional.empty(), Optional.empty(), true);
      }
      Optional<Learner> learner = Learner.find(file);
      return learner.isPresent()
          ? new Entry(name, Optional.empty(), learner, false)
          : new Entry(name, Optional.of(StateDict.read(file)), learner, false);
    } catch (ServingException e) {
      return Entry.of(String.valueOf(e.getMessage()));
    }
  }

  /** The state dicts, by their files' names. */
  List<StateDict> stateDicts() {
    return entries.stream().flatMap(entry -> entry.weights.stream()).toList();
  }

  /** The learners, by their files' names. */
  List<Learner> learners() {
    return entries.stream().flatMap(entry -> entry.learner.stream()).toList();
  }

  /** How many files are TorchScript archives. */
  int scripts() {
    return (int) entries.stream().filter(Entry::script).count();
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
            .map(
                e ->
                    e.text
                        + e.weights
                            .map(kind)
                            .or(() -> e.learner.map(WeightsFiles::kind))
                            .map(k -> " (" + k + ")")
                            .orElse(""))
            .collect(Collectors.joining("; "));
  }

  private static String kind(Learner learner) {
    return DynamicUnet.recognises(learner.weights())
        ? "a fast.ai learner of a U-Net"
        : "a fast.ai learner of a "
            + learner.modelType()
            + ", "
            + learner.weights().tensors().size()
            + " keys; of learners only those of U-Nets over a ResNet are served";
  }
}
