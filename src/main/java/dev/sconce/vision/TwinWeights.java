package dev.sconce.vision;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.network.Classifier;
import dev.sconce.network.DynamicUnet;
import dev.sconce.network.TwinNetwork;
import dev.sconce.weights.StateDict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The weights files of a model's directory, and the encoder and the head among them.
 *
 * <p>They may lie in two files, whatever these are called, or in one whose keys begin with {@code
 * encoder.} and {@code head.}, as when the whole twin model was saved.
 */
final class TwinWeights {
  private static final String ENCODER_PREFIX = "encoder.";
  private static final String HEAD_PREFIX = "head.";

  private final List<StateDict> encoders = new ArrayList<>();
  private final List<StateDict> heads = new ArrayList<>();
  private final String found;

  /** Sorts the weights among a directory's files. */
  TwinWeights(WeightsFiles files) {
    this.found = files.found(this::sort);
  }

  /**
   * Looks through a directory.
   *
   * @throws ServingException {@code INVALID_MODEL} if the directory cannot be read
   */
  static TwinWeights in(Path directory) {
    return new TwinWeights(WeightsFiles.in(directory));
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
    if (DynamicUnet.recognises(weights)) {
      return "a fast.ai U-Net";
    }
    if (Classifier.recognises(weights)) {
      return "a torchvision classifier";
    }
    return "weights of another network, " + weights.tensors().size() + " keys";
  }

  /** Whether there is one encoder and one head. */
  boolean areComplete() {
    return encoders.size() == 1 && heads.size() == 1;
  }

  /** What the directory holds, for people. */
  String found() {
    return found;
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
