package dev.sconce.vision;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.HandlerContext;
import dev.sconce.network.DynamicUnet;
import dev.sconce.weights.Learner;
import dev.sconce.weights.StateDict;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The weights of a U-Net among the files of a model's directory.
 *
 * @param weights its state dict
 * @param learner what they came in, if that is a whole learner
 */
record UnetWeights(StateDict weights, Optional<Learner> learner) {

  /** All that look like a U-Net's. */
  static List<UnetWeights> among(WeightsFiles files) {
    Stream<UnetWeights> stateDicts =
        files.stateDicts().stream().map(weights -> new UnetWeights(weights, Optional.empty()));
    Stream<UnetWeights> learners =
        files.learners().stream()
            .map(learner -> new UnetWeights(learner.weights(), Optional.of(learner)));
    return Stream.concat(stateDicts, learners)
        .filter(unet -> DynamicUnet.recognises(unet.weights))
        .toList();
  }

  /**
   * The one U-Net of a model's directory; of several, the one in the manifest's weights file.
   *
   * @throws ServingException {@code INVALID_MODEL} if there is none or it cannot be told which
   */
  static UnetWeights of(HandlerContext context) {
    WeightsFiles files = WeightsFiles.in(context.modelDirectory());
    List<UnetWeights> all = among(files);
    if (all.size() == 1) {
      return all.get(0);
    }
    return all.stream()
        .filter(
            unet -> context.serializedFile().filter(unet.weights.fileName()::equals).isPresent())
        .findFirst()
        .orElseThrow(() -> refused(files, all.size()));
  }

  private static ServingException refused(WeightsFiles files, int count) {
    String found = new TwinWeights(files).found();
    return new ServingException(
        ErrorCode.INVALID_MODEL,
        "unet: %d files hold a fast.ai DynamicUnet's weights (expected: 1, or the manifest's); found: %s"
            .formatted(count, found));
  }
}
