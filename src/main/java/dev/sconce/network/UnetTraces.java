package dev.sconce.network;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.network.DynamicUnet.Options;
import dev.sconce.network.DynamicUnet.Range;
import dev.sconce.weights.Learner;
import dev.sconce.weights.SavedObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the modules of a fast.ai U-Net tell that its weights do not. */
final class UnetTraces {
  private static final String BLOCK = "fastai.vision.models.unet.UnetBlock";
  private static final String RANGE = "fastai.layers.SigmoidRange";

  /** The modules without weights that {@link DynamicUnet} has. */
  private static final Set<String> KNOWN =
      Set.of(
          RANGE,
          "fastai.layers.MergeLayer",
          "fastai.layers.ToTensorBase",
          "fastai.vision.models.unet.ResizeToOrig",
          "torch.nn.modules.activation.ReLU",
          "torch.nn.modules.container.Sequential",
          "torch.nn.modules.linear.Identity",
          "torch.nn.modules.padding.ReplicationPad2d",
          "torch.nn.modules.pixelshuffle.PixelShuffle",
          "torch.nn.modules.pooling.AvgPool2d",
          "torch.nn.modules.pooling.MaxPool2d");

  private final Learner learner;

  UnetTraces(Learner learner) {
    this.learner = learner;
  }

  /**
   * The arguments that the model was made with.
   *
   * @throws ServingException {@code INVALID_MODEL} if it computes what {@link DynamicUnet} does not
   */
  Options options() {
    requireKnown();
    requireUsualEps();
    List<Boolean> blurred =
        learner.modules().entrySet().stream()
            .filter(module -> module.getValue().type().equals(BLOCK))
            .map(module -> learner.modules().containsKey(module.getKey() + ".shuf.3"))
            .toList();
    boolean blur = blurred.contains(true);
    boolean blurFinal = !blur || blurred.get(blurred.size() - 1);
    return new Options(blur, blurFinal, yRange());
  }

  private void requireKnown() {
    for (Map.Entry<String, SavedObject> entry : learner.modules().entrySet()) {
      SavedObject module = entry.getValue();
      if (module.leavesNoKeys() && !KNOWN.contains(module.type())) {
        throw new ServingException(
            ErrorCode.INVALID_MODEL,
            "%s: model.%s is a %s (expected: one of %s)"
                .formatted(
                    learner.weights().fileName(),
                    entry.getKey(),
                    module.type(),
                    String.join(", ", KNOWN.stream().sorted().toList())));
      }
    }
  }

  /** Batch norms are folded with PyTorch's default; another value would give other masks. */
  private void requireUsualEps() {
    for (Map.Entry<String, SavedObject> entry : learner.modules().entrySet()) {
      SavedObject module = entry.getValue();
      double eps = module.number("eps").orElse(BatchNorm.EPS);
      if (module.type().contains("BatchNorm") && eps != BatchNorm.EPS) {
        throw new ServingException(
            ErrorCode.INVALID_MODEL,
            "%s: model.%s.eps: %s (expected: %s)"
                .formatted(learner.weights().fileName(), entry.getKey(), eps, BatchNorm.EPS));
      }
    }
  }

  private Optional<Range> yRange() {
    return learner.modules().values().stream()
        .filter(module -> module.type().equals(RANGE))
        .findFirst()
        .flatMap(
            module ->
                module
                    .number("low")
                    .flatMap(low -> module.number("high").map(high -> new Range(low, high))));
  }
}
