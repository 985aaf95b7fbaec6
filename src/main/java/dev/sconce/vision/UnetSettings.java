package dev.sconce.vision;

import dev.sconce.handler.HandlerSettings;
import dev.sconce.image.PictureTransform;
import dev.sconce.network.DynamicUnet.Options;
import dev.sconce.network.DynamicUnet.Range;
import dev.sconce.weights.Learner;
import dev.sconce.weights.Learner.Statistics;
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
    Optional<LearnerPictures> resized = learner.map(LearnerPictures::new);
    PictureSettings pictures = PictureSettings.ofOneSize(settings, fallback(learner, resized));
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("blur", options.blur());
    options.yRange().ifPresent(range -> facts.put("yRange", List.of(range.low(), range.high())));
    facts.putAll(pictures.describe());
    learner.ifPresent(from -> addOrigins(facts, settings, from, pictures));
    boolean learnersSize = unset(settings, SIZES).size() == SIZES.size();
    List<String> differences =
        resized.map(known -> known.differences(learnersSize)).orElse(List.of());
    if (!differences.isEmpty()) {
      facts.put("learnerDiffers", String.join("; ", differences));
    }
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

  private static PictureSettings fallback(
      Optional<Learner> learner, Optional<LearnerPictures> resized) {
    LearnerSteps steps = resized.map(LearnerPictures::steps).orElse(LearnerSteps.NONE);
    PictureSettings original =
        PictureSettings.imagenet(steps.areNone() ? ORIGINAL_SIZE : PictureTransform.NONE);
    Statistics statistics =
        learner
            .flatMap(Learner::statistics)
            .orElse(new Statistics(original.divisor(), original.mean(), original.std()));
    return new PictureSettings(
        steps, original.transform(), statistics.divisor(), statistics.mean(), statistics.std());
  }

  /** What the learner decided. */
  private static void addOrigins(
      Map<String, Object> facts,
      HandlerSettings settings,
      Learner learner,
      PictureSettings pictures) {
    List<String> origins = new ArrayList<>();
    if (!learner.classNames().isEmpty()) {
      facts.put("classNames", learner.classNames());
      origins.add("classNames");
    }
    if (!pictures.learner().areNone()) {
      origins.add("imageSize");
    }
    learner.statistics().ifPresent(s -> origins.addAll(unset(settings, List.of("mean", "std"))));
    origins.addAll(unset(settings, List.of("blur", "blur_final", "y_range")));
    facts.put("fromLearner", origins);
  }

  private static List<String> unset(HandlerSettings settings, List<String> keys) {
    return keys.stream().filter(key -> !settings.values().containsKey(key)).toList();
  }
}
