package dev.sconce.vision;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.HandlerContext;
import dev.sconce.network.DynamicUnet;
import dev.sconce.weights.StateDict;
import java.util.List;

/** The weights of a U-Net among the files of a model's directory. */
final class UnetWeights {
  private UnetWeights() {}

  /** The state dicts that look like a U-Net's. */
  static List<StateDict> among(WeightsFiles files) {
    return files.stateDicts().stream().filter(DynamicUnet::recognises).toList();
  }

  /**
   * The one U-Net of a model's directory; of several, the one in the manifest's weights file.
   *
   * @throws ServingException {@code INVALID_MODEL} if there is none or it cannot be told which
   */
  static StateDict of(HandlerContext context) {
    WeightsFiles files = WeightsFiles.in(context.modelDirectory());
    List<StateDict> all = among(files);
    if (all.size() == 1) {
      return all.get(0);
    }
    return all.stream()
        .filter(weights -> context.serializedFile().filter(weights.fileName()::equals).isPresent())
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
