package dev.sconce.vision;

import dev.sconce.handler.HandlerSettings;
import dev.sconce.image.PictureTransform;
import dev.sconce.network.DynamicUnet.Options;
import dev.sconce.network.DynamicUnet.Range;
import dev.sconce.weights.Learner;
import dev.sconce.weights.Learner.Resize;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a U-Net is run with: what {@code model-config.yaml} says, else what the learner says that
 * the weights came in, else what the original service does.
 *
 * @param options of the network
 * @param pictures what is done with pictures
 * @param facts what to tell people of both
 */
record UnetSettings(Options options, PictureSettings pictures, Map<String, Object> facts) {
  private static final PictureTransform ORIGINAL_SIZE = PictureTransform.imageSize(96, 128);

  /** The keys that say which size pictures get. */
  private static final List<String> SIZES = List.of("imageSize", "resize", "centerCrop");

  /**
   * Reads them.
   *
   * @throws dev.sconce.error.ServingException {@code INVALID_MODEL} naming key, value and
   *     expectation, or what is in the learner that cannot be served
   */
  static UnetSettings of(HandlerSettings settings, Optional<Learner> learner) {
    Options options = options(settings, learner.map(Options::of).orElse(Options.DEFAULT));
    PictureSettings pictures = PictureSettings.ofOneSize(settings, fallback(learner));
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("blur", options.blur());
    options.yRange().ifPresent(range -> facts.put("yRange", List.of(range.low(), range.high())));
    facts.putAll(pictures.describe());
    learner.ifPresent(from -> addOrigins(facts, settings, from));
    return new UnetSettings(options, pictures, facts);
  }

  /** Under fast.ai's own names. */
  private static Options options(HandlerSettings settings, Options fallback) {
    return new Options(
        settings.flag("blur").orElse(fallback.blur()),
        settings.flag("blur_final").orElse(fallback.blurFinal()),
        settings.numbers("y_range", 2).map(bounds -> range(settings, bounds)).or(fallback::yRange));
  }

  private static Range range(HandlerSettings settings, List<Double> bounds) {
    if (bounds.get(0) >= bounds.get(1)) {
      throw settings.fault("y_range", "2 numbers, the lower one first");
    }
    return new Range(bounds.get(0), bounds.get(1));
  }

  private static PictureSettings fallback(Optional<Learner> learner) {
    PictureTransform size =
        learner
            .flatMap(Learner::resize)
            .map(resize -> PictureTransform.imageSize(resize.height(), resize.width()))
            .orElse(ORIGINAL_SIZE);
    return learner
        .flatMap(Learner::statistics)
        .map(statistics -> new PictureSettings(size, statistics.mean(), statistics.std()))
        .orElse(PictureSettings.imagenet(size));
  }

  /** What the learner decided, and where it does otherwise than is done here. */
  private static void addOrigins(
      Map<String, Object> facts, HandlerSettings settings, Learner learner) {
    List<String> origins = new ArrayList<>();
    Optional<Resize> resize =
        learner.resize().filter(size -> SIZES.stream().noneMatch(settings.values()::containsKey));
    if (!learner.classNames().isEmpty()) {
      facts.put("classNames", learner.classNames());
      origins.add("classNames");
    }
    resize.ifPresent(size -> origins.add("imageSize"));
    learner.statistics().ifPresent(s -> origins.addAll(unset(settings, "mean", "std")));
    origins.addAll(unset(settings, "blur", "blur_final", "y_range"));
    facts.put("fromLearner", origins);
    if (resize.filter(size -> !size.squish()).isPresent()) {
      facts.put(
          "learnerDiffers",
          "it cuts pictures or resizes them more than once; here the whole picture gets imageSize");
    }
  }

  private static List<String> unset(HandlerSettings settings, String... keys) {
    return List.of(keys).stream().filter(key -> !settings.values().containsKey(key)).toList();
  }
}
