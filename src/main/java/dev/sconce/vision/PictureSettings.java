package dev.sconce.vision;

import dev.sconce.error.ServingException;
import dev.sconce.handler.HandlerSettings;
import dev.sconce.image.Normalizer;
import dev.sconce.image.PictureSize;
import dev.sconce.image.PictureTransform;
import dev.sconce.image.Pixels;
import dev.sconce.image.RgbImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is done with a picture before a network sees it: {@code imageSize} (height first), {@code
 * resize}, {@code centerCrop}, {@code mean} and {@code std} of {@code model-config.yaml}, in
 * torchvision's meaning.
 *
 * @param learner resizes and crops as a fast.ai learner does
 * @param transform resizes and crops then
 * @param divisor of the bytes: 255 for 0…1
 * @param mean of each channel, taken off after that
 * @param std of each channel, divided by at last
 */
record PictureSettings(
    LearnerSteps learner,
    PictureTransform transform,
    double divisor,
    List<Double> mean,
    List<Double> std) {
  private static final double MOST = 255;

  /** ImageNet's statistics, which torchvision's models were trained with. */
  private static final List<Double> IMAGENET_MEAN = List.of(0.485, 0.456, 0.406);

  private static final List<Double> IMAGENET_STD = List.of(0.229, 0.224, 0.225);

  /**
   * What torchvision's classifiers are evaluated with: {@code Resize(256)}, {@code
   * CenterCrop(224)}.
   */
  static final PictureSettings IMAGENET =
      imagenet(PictureTransform.resize(256).withCenterCrop(224, 224));

  /** {@code ToTensor} alone: pictures in their own size, 0…1. */
  static final PictureSettings AS_THEY_ARE =
      new PictureSettings(
          LearnerSteps.NONE,
          PictureTransform.NONE,
          MOST,
          List.of(0.0, 0.0, 0.0),
          List.of(1.0, 1.0, 1.0));

  /** Those sizes with ImageNet's statistics. */
  static PictureSettings imagenet(PictureTransform transform) {
    return new PictureSettings(LearnerSteps.NONE, transform, MOST, IMAGENET_MEAN, IMAGENET_STD);
  }

  /**
   * Reads them from a model's configuration.
   *
   * @param fallback what holds where the configuration says nothing
   * @throws ServingException {@code INVALID_MODEL} naming key, value and expectation
   */
  static PictureSettings of(HandlerSettings settings, PictureSettings fallback) {
    List<Double> std = settings.numbers("std", 3).orElse(fallback.std);
    if (std.stream().anyMatch(value -> value <= 0)) {
      throw settings.fault("std", "3 numbers > 0");
    }
    List<Double> mean = settings.numbers("mean", 3).orElse(fallback.mean);
    return transform(settings)
        .map(size -> new PictureSettings(LearnerSteps.NONE, size, fallback.divisor, mean, std))
        .orElseGet(
            () ->
                new PictureSettings(
                    fallback.learner, fallback.transform, fallback.divisor, mean, std));
  }

  /**
   * As {@link #of}, for networks that take all pictures in one size, or as a learner has them.
   *
   * @throws ServingException {@code INVALID_MODEL} also if the sizes would differ
   */
  static PictureSettings ofOneSize(HandlerSettings settings, PictureSettings fallback) {
    PictureSettings pictures = of(settings, fallback);
    if (pictures.learner.areNone() && !pictures.sizeIsFixed()) {
      throw settings.fault(
          "resize", "centerCrop besides, or imageSize: all pictures need one size");
    }
    return pictures;
  }

  /** A black picture in the size that every picture gets, or that none exceeds. */
  RgbImage blank() {
    RgbImage pixel = new RgbImage(1, 1, new byte[3]);
    return learner
        .size()
        .map(size -> PictureTransform.imageSize(size.height(), size.width()).apply(pixel))
        .orElseGet(() -> transform.apply(pixel));
  }

  /**
   * A picture in the size that the network gets it in, or that {@link #resample} takes it in.
   *
   * @throws ServingException {@code BAD_REQUEST} if its proportions do not allow that
   */
  RgbImage resize(RgbImage picture) {
    return transform.apply(learner.resize(picture));
  }

  /**
   * What a learner does with the floats of a picture; the picture itself if nothing.
   *
   * @param picture from {@link #resize}
   * @throws ServingException as that
   */
  Pixels resample(RgbImage picture) {
    return learner.resample(picture, divisor);
  }

  /** Empty if the configuration says nothing. */
  private static Optional<PictureTransform> transform(HandlerSettings settings) {
    Optional<List<Integer>> exact = settings.integers("imageSize", 2);
    Optional<Integer> shorter = settings.integer("resize");
    Optional<Integer> crop = settings.integer("centerCrop");
    if (exact.isEmpty() && shorter.isEmpty() && crop.isEmpty()) {
      return Optional.empty();
    }
    if (exact.isPresent() && shorter.isPresent()) {
      throw settings.fault("resize", "not together with imageSize");
    }
    exact.ifPresent(sides -> sides.forEach(side -> check(settings, "imageSize", side)));
    shorter.ifPresent(side -> check(settings, "resize", side));
    crop.ifPresent(side -> check(settings, "centerCrop", side));
    return Optional.of(
        new PictureTransform(
            exact.map(sides -> new PictureSize(sides.get(0), sides.get(1))),
            shorter.map(OptionalInt::of).orElse(OptionalInt.empty()),
            crop.map(side -> new PictureSize(side, side))));
  }

  private static void check(HandlerSettings settings, String key, int side) {
    if (side < 1 || side > PictureSize.LONGEST_SIDE) {
      throw settings.fault(key, "1 to " + PictureSize.LONGEST_SIDE + " pixels a side");
    }
  }

  /** Whether every picture gets the same size, whatever its proportions. */
  boolean sizeIsFixed() {
    return learner.areNone()
        ? transform.imageSize().isPresent() || transform.centerCrop().isPresent()
        : learner.sizeIsFixed();
  }

  /** The size of every picture, if all get the same. */
  Optional<PictureSize> fixedSize() {
    if (!sizeIsFixed()) {
      return Optional.empty();
    }
    RgbImage blank = blank();
    return Optional.of(new PictureSize(blank.height(), blank.width()));
  }

  /** Makes floats of bytes. */
  Normalizer normalizer() {
    return new Normalizer(divisor, doubles(mean), doubles(std));
  }

  private static double[] doubles(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** The steps in torchvision's words, to be compared with a Python handler's. */
  List<PythonHandler.Transform> asTorchvision() {
    List<PythonHandler.Transform> steps = new ArrayList<>(learner.asTorchvision());
    transform.imageSize().ifPresent(size -> steps.add(step("Resize", sides(size))));
    transform.resize().ifPresent(side -> steps.add(step("Resize", List.of((double) side))));
    transform.centerCrop().ifPresent(size -> steps.add(step("CenterCrop", sides(size))));
    List<Double> statistics = new ArrayList<>(mean);
    statistics.addAll(std);
    steps.add(
        new PythonHandler.Transform(
            "Normalize", "Normalize(" + mean + ", " + std + ")", statistics));
    return steps;
  }

  private static PythonHandler.Transform step(String name, List<Double> numbers) {
    List<Long> whole = numbers.stream().map(Double::longValue).toList();
    String arguments = whole.size() == 1 ? "" + whole.get(0) : whole.toString();
    return new PythonHandler.Transform(name, name + "(" + arguments + ")", numbers);
  }

  private static List<Double> sides(PictureSize size) {
    return List.of((double) size.height(), (double) size.width());
  }

  /** For people who ask what is done with their pictures. */
  Map<String, Object> describe() {
    Map<String, Object> facts = new LinkedHashMap<>(learner.describe());
    transform.imageSize().ifPresent(s -> facts.put("imageSize", List.of(s.height(), s.width())));
    transform.resize().ifPresent(side -> facts.put("resize", side));
    transform.centerCrop().ifPresent(s -> facts.put("centerCrop", List.of(s.height(), s.width())));
    if (divisor != MOST) {
      facts.put("div", divisor);
    }
    facts.put("mean", mean);
    facts.put("std", std);
    return facts;
  }
}
