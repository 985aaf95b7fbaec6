package dev.sconce.vision;

import dev.sconce.image.FastaiTransform;
import dev.sconce.image.FastaiTransform.CropPad;
import dev.sconce.image.FastaiTransform.Method;
import dev.sconce.image.FastaiTransform.Resize;
import dev.sconce.image.GridResize;
import dev.sconce.image.PictureSize;
import dev.sconce.image.Pixels;
import dev.sconce.image.RgbImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a fast.ai learner resizes and crops.
 *
 * @param items what is done with a picture, in order
 * @param batches what is done after that with its floats, before they are normalised
 */
record LearnerSteps(List<FastaiTransform> items, List<GridResize> batches) {
  /** Leaves pictures as they are. */
  static final LearnerSteps NONE = new LearnerSteps(List.of(), List.of());

  /** Copies the lists. */
  LearnerSteps {
    items = List.copyOf(items);
    batches = List.copyOf(batches);
  }

  boolean areNone() {
    return items.isEmpty() && batches.isEmpty();
  }

  /** The size that pictures get in the end, or that none exceeds; empty without a step. */
  Optional<PictureSize> size() {
    List<PictureSize> sizes = new ArrayList<>();
    items.forEach(step -> sizes.add(step.size()));
    batches.forEach(step -> sizes.add(step.size()));
    return sizes.isEmpty() ? Optional.empty() : Optional.of(sizes.get(sizes.size() - 1));
  }

  /** Whether pictures of all proportions get one size in the end. */
  boolean sizeIsFixed() {
    boolean itemsFix =
        !items.isEmpty() && !(items.get(items.size() - 1) instanceof FastaiTransform.RatioResize);
    return itemsFix || !batches.isEmpty();
  }

  /**
   * A picture after {@link #items}.
   *
   * @throws dev.sconce.error.ServingException {@code BAD_REQUEST} if its proportions do not allow
   *     that
   */
  RgbImage resize(RgbImage picture) {
    RgbImage resized = picture;
    for (FastaiTransform step : items) {
      resized = step.apply(resized);
    }
    return resized;
  }

  /**
   * It after {@link #batches}; itself if there are none.
   *
   * @param divisor of its bytes
   * @throws dev.sconce.error.ServingException as {@link #resize}
   */
  Pixels resample(RgbImage picture, double divisor) {
    Pixels resampled = picture;
    for (GridResize step : batches) {
      resampled = step.apply(resampled, divisor);
    }
    return resampled;
  }

  /** The steps in torchvision's words, to be compared with a Python handler's. */
  List<PythonHandler.Transform> asTorchvision() {
    List<PythonHandler.Transform> steps = new ArrayList<>();
    items.forEach(step -> steps.add(asTorchvision(step)));
    batches.forEach(
        step -> steps.add(asTorchvision("Resize", step, step.crop().isEmpty(), step.size())));
    return steps;
  }

  /** torchvision's {@code Resize} does the same only to the whole picture. */
  private static PythonHandler.Transform asTorchvision(FastaiTransform step) {
    boolean whole = step instanceof Resize resize && resize.method() == Method.SQUISH;
    boolean isCrop = step instanceof CropPad;
    return asTorchvision(isCrop ? "CenterCrop" : "Resize", step, isCrop || whole, step.size());
  }

  private static PythonHandler.Transform asTorchvision(
      String name, Object step, boolean isAlike, PictureSize size) {
    List<Double> sides = List.of((double) size.height(), (double) size.width());
    return new PythonHandler.Transform(name, "fast.ai's " + step, isAlike ? sides : List.of());
  }

  /** For people who ask what is done with their pictures. */
  Map<String, Object> describe() {
    Map<String, Object> facts = new LinkedHashMap<>();
    size().ifPresent(s -> facts.put("imageSize", List.of(s.height(), s.width())));
    put(facts, "itemTransforms", items);
    put(facts, "batchTransforms", batches);
    return facts;
  }

  private static void put(Map<String, Object> facts, String key, List<?> steps) {
    if (!steps.isEmpty()) {
      facts.put(key, steps.stream().map(Object::toString).toList());
    }
  }
}
