package dev.sconce.vision;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.network.TwinNetwork;
import dev.sconce.weights.StateDict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The weights files of a model's directory, and the encoder and the head among them.
 *
 * <p>They may lie in two files, whatever these are called, or in one whose keys begin with {@code
 * encoder.} and {@code head.}, as when the whole twin model was saved.
 */
final class TwinWeights {
  private static final List<String> EXTENSIONS = List.of(".pth", ".pt", ".bin", ".safetensors");
  private static final String ENCODER_PREFIX = "encoder.";
  private static final String HEAD_PREFIX = "head.";

  private final List<StateDict> encoders = new ArrayList<>();
  private final List<StateDict> heads = new ArrayList<>();
  private final List<String> found = new ArrayList<>();

  /**
   * Looks through a directory.
   *
   * @throws ServingException {@code INVALID_MODEL} if the directory cannot be read
   */
  static TwinWeights in(Path directory) {
    TwinWeights weights = new TwinWeights();
    try (Stream<Path> files = Files.list(directory)) {
      files.filter(Files::isRegularFile).sorted().forEach(weights::add);
    } catch (IOException e) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL, "the model's directory cannot be read: " + e.getMessage(), e);
    }
    return weights;
  }

  private void add(Path file) {
    String name = file.getFileName().toString();
    boolean weights = EXTENSIONS.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith);
    if (!weights) {
      found.add(name);
      return;
    }
    try {
      found.add(name + " (" + sort(StateDict.read(file)) + ")");
    } catch (ServingException e) {
      found.add(e.getMessage());
    }
  }

  private String sort(StateDict weights) {
    StateDict encoderPart = weights.sub(ENCODER_PREFIX);
    StateDict headPart = weights.sub(HEAD_PREFIX);
    if (TwinNetwork.isEncoder(encoderPart) && TwinNetwork.isHead(headPart)) {
      encoders.add(encoderPart);
      heads.add(headPart);
      return "a twin network's encoder and head";
    }
    if (TwinNetwork.isEncoder(weights)) {
      encoders.add(weights);
      return "a ResNet encoder";
    }
    if (TwinNetwork.isHead(weights)) {
      heads.add(weights);
      return "a head";
    }
    return "weights of another network, " + weights.tensors().size() + " keys";
  }

  /** Whether there is one encoder and one head. */
  boolean areComplete() {
    return encoders.size() == 1 && heads.size() == 1;
  }

  /** What the directory holds, for people. */
  String found() {
    return found.isEmpty() ? "no files" : String.join("; ", found);
  }

  /**
   * The network they make.
   *
   * @throws ServingException {@code INVALID_MODEL} if there is not one encoder and one head, or
   *     they do not fit one another
   */
  TwinNetwork network() {
    return TwinNetwork.infer(one("encoder", encoders), one("head", heads));
  }

  private StateDict one(String what, List<StateDict> candidates) {
    return Optional.of(candidates)
        .filter(list -> list.size() == 1)
        .map(list -> list.get(0))
        .orElseThrow(
            () ->
                new ServingException(
                    ErrorCode.INVALID_MODEL,
                    "twin: %d files hold %s weights (expected: 1); found: %s"
                        .formatted(candidates.size(), what, found())));
  }
}
