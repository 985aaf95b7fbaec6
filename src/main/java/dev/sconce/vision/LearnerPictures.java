package dev.sconce.vision;

import dev.sconce.error.ServingException;
import dev.sconce.image.FastaiTransform;
import dev.sconce.image.FastaiTransform.CropPad;
import dev.sconce.image.FastaiTransform.Method;
import dev.sconce.image.FastaiTransform.RatioResize;
import dev.sconce.image.FastaiTransform.Resize;
import dev.sconce.image.GridMode;
import dev.sconce.image.GridResize;
import dev.sconce.image.GridResize.Crop;
import dev.sconce.image.Padding;
import dev.sconce.image.PictureSize;
import dev.sconce.image.ResizeFilter;
import dev.sconce.weights.Learner;
import dev.sconce.weights.SavedObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What a fast.ai learner does with the size of a picture when it predicts, as far as it is done
 * here, and where it is done otherwise.
 */
final class LearnerPictures {
  private static final String AUGMENT = "fastai.vision.augment.";

  /** The numbers of Pillow's filters. */
  private static final Map<Long, ResizeFilter> FILTERS =
      Map.of(2L, ResizeFilter.BILINEAR, 3L, ResizeFilter.BICUBIC);

  private final List<FastaiTransform> items = new ArrayList<>();
  private final List<GridResize> batches = new ArrayList<>();
  private final List<String> differencesOfSize = new ArrayList<>();
  private final List<String> otherDifferences = new ArrayList<>();

  /**
   * Reads them.
   *
   * @throws ServingException {@code INVALID_MODEL} naming file and transform if a size is out of
   *     range
   */
  LearnerPictures(Learner learner) {
    String fileName = learner.weights().fileName();
    learner.itemTransforms().forEach(each -> named(fileName, each, this::addOfItems));
    learner.batchTransforms().forEach(each -> named(fileName, each, this::addOfBatches));
    if (steps().areNone()) {
      differencesOfSize.add("it leaves pictures in their own size, here they get imageSize");
    }
  }

  /** What is done with a picture, as far as it is known here. */
  LearnerSteps steps() {
    return new LearnerSteps(items, batches);
  }

  /**
   * Where {@code learn.predict} does otherwise, for people.
   *
   * @param sizes whether the size of pictures is as the learner has it
   */
  List<String> differences(boolean sizes) {
    return Stream.concat(
            sizes ? differencesOfSize.stream() : Stream.of(), otherDifferences.stream())
        .toList();
  }

  private static void named(String fileName, SavedObject transform, Consumer<SavedObject> reading) {
    try {
      reading.accept(transform);
    } catch (ServingException e) {
      String message = fileName + ": " + transform.type() + ": " + e.getMessage();
      throw new ServingException(e.code(), message, e);
    }
  }

  private void addOfItems(SavedObject transform) {
    List<FastaiTransform> known = known(transform);
    items.addAll(known);
    if (known.isEmpty()) {
      otherDifferences.add(transform.type() + " is not done here");
    }
  }

  private void addOfBatches(SavedObject transform) {
    grid(transform)
        .ifPresentOrElse(
            batches::add, () -> otherDifferences.add(transform.type() + " is not done here"));
  }

  /** What a transform of batches does; their sizes are height first, or one for both. */
  private static Optional<GridResize> grid(SavedObject transform) {
    List<Long> sides = transform.integers("size");
    Optional<GridMode> mode = constant(GridMode.class, transform.text("mode"));
    if (!transform.type().startsWith(AUGMENT) || !isSize(sides) || mode.isEmpty()) {
      return Optional.empty();
    }
    PictureSize size = size(sides.get(0), sides.get(sides.size() - 1));
    String name = transform.type().substring(AUGMENT.length());
    if (name.equals("RandomResizedCropGPU")) {
      return crop(transform).map(crop -> GridResize.randomResizedCrop(size, mode.get(), crop));
    }
    boolean alignCorners = transform.flag("align_corners").orElse(false);
    return constant(Padding.class, transform.text("pad_mode"))
        .map(pad -> new GridResize(name, size, mode.get(), pad, alignCorners, Optional.empty()));
  }

  private static boolean isSize(List<Long> sides) {
    return sides.size() == 1 || sides.size() == 2;
  }

  private static Optional<Crop> crop(SavedObject transform) {
    List<Double> ratio = transform.numbers("ratio");
    return ratio.size() == 2
        ? transform.number("valid_scale").map(scale -> new Crop(ratio.get(0), ratio.get(1), scale))
        : Optional.empty();
  }

  /** What a transform does; empty if that is not known. */
  private List<FastaiTransform> known(SavedObject transform) {
    if (!transform.type().startsWith(AUGMENT)) {
      return List.of();
    }
    // Pillow's order: width first.
    List<Long> sides = transform.integers("size");
    Optional<PictureSize> size =
        sides.size() == 2 ? Optional.of(size(sides.get(1), sides.get(0))) : Optional.empty();
    return switch (transform.type().substring(AUGMENT.length())) {
      case "Resize" -> size.map(known -> resize(transform, known)).orElse(List.of());
      case "RandomResizedCrop" ->
          size.map(known -> randomResizedCrop(transform, known)).orElse(List.of());
      case "CropPad" -> size.map(known -> cropPad(transform, known)).orElse(List.of());
      case "RandomCrop" -> size.map(LearnerPictures::randomCrop).orElse(List.of());
      case "RatioResize" -> ratioResize(transform);
      default -> List.of();
    };
  }

  private static PictureSize size(long height, long width) {
    return new PictureSize((int) clamped(height), (int) clamped(width));
  }

  /** Of what is no size, not another one. */
  private static long clamped(long side) {
    return Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, side));
  }

  private List<FastaiTransform> resize(SavedObject transform, PictureSize size) {
    Optional<Method> method = constant(Method.class, transform.text("method"));
    Optional<Padding> padding = constant(Padding.class, transform.text("pad_mode"));
    return method.isPresent() && padding.isPresent()
        ? List.of(new Resize(size, method.get(), padding.get(), filter(transform)))
        : List.of();
  }

  private List<FastaiTransform> randomResizedCrop(SavedObject transform, PictureSize size) {
    return transform
        .number("val_xtra")
        .map(extra -> FastaiTransform.randomResizedCrop(size, extra, filter(transform)))
        .orElse(List.of());
  }

  private static List<FastaiTransform> cropPad(SavedObject transform, PictureSize size) {
    return constant(Padding.class, transform.text("pad_mode"))
        .map(padding -> List.<FastaiTransform>of(new CropPad(size, padding)))
        .orElse(List.of());
  }

  private static List<FastaiTransform> randomCrop(PictureSize size) {
    return List.of(new CropPad(size, Padding.ZEROS));
  }

  private List<FastaiTransform> ratioResize(SavedObject transform) {
    List<Long> side = transform.integers("max_sz");
    if (side.size() != 1) {
      return List.of();
    }
    differencesOfSize.add("its RatioResize cuts off what does not divide at random, here evenly");
    return List.of(new RatioResize((int) clamped(side.get(0)), filter(transform)));
  }

  /** Of {@code resamples} the one for pictures; the other is for masks. */
  private ResizeFilter filter(SavedObject transform) {
    List<Long> resamples = transform.integers("resamples");
    Long number = resamples.isEmpty() ? -1L : resamples.get(0);
    if (!FILTERS.containsKey(number)) {
      differencesOfSize.add(
          "its resamples are not bilinear or bicubic (Pillow's 2 or 3) but %d, here bilinear"
              .formatted(number));
    }
    return FILTERS.getOrDefault(number, ResizeFilter.BILINEAR);
  }

  private static <E extends Enum<E>> Optional<E> constant(Class<E> type, Optional<String> text) {
    return Stream.of(type.getEnumConstants())
        .filter(constant -> text.filter(lower(constant)::equals).isPresent())
        .findFirst();
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
