package dev.sconce.vision;

import ai.djl.ndarray.NDArray;
import dev.sconce.handler.ClassNames;
import dev.sconce.handler.HandlerSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The likeliest classes of a picture with their probabilities, the likeliest first: {@code
 * {"tabby": 0.41, "tiger_cat": 0.27, …}}. {@code topK} of {@code model-config.yaml} says how many,
 * 5 without it, all if there are fewer.
 */
final class ImageClassifierHandler extends PictureHandler<List<ImageClassifierHandler.Ranked>> {
  /** The name that register calls and manifests use. */
  static final String NAME = "image_classifier";

  private static final String EXPECTED = "floating point numbers [pictures, classes]";
  private static final String TOP_K = "topK";
  private static final int DEFAULT_TOP_K = 5;

  private int topK = DEFAULT_TOP_K;
  private int seenClasses = Integer.MAX_VALUE;

  ImageClassifierHandler(PictureReader reader, ModuleFactory modules) {
    super(PictureSettings.IMAGENET, reader, modules);
  }

  /**
   * A class of a picture.
   *
   * @param index of the class
   * @param probability float32, 0 to 1
   */
  record Ranked(int index, float probability) {}

  @Override
  Map<String, Object> configure(HandlerSettings settings) {
    topK = settings.integer(TOP_K).orElse(DEFAULT_TOP_K);
    if (topK < 1) {
      throw settings.fault(TOP_K, ">= 1");
    }
    return Map.of(TOP_K, topK);
  }

  @Override
  List<List<Ranked>> read(ModuleAnswer answer) {
    NDArray logits = logits(answer);
    int classes = Math.toIntExact(logits.getShape().get(1));
    seenClasses = classes;
    float[] probabilities = logits.softmax(1).toFloatArray();
    List<List<Ranked>> all = new ArrayList<>(answer.pictures());
    for (int picture = 0; picture < answer.pictures(); picture++) {
      int first = picture * classes;
      all.add(
          IntStream.range(0, classes)
              .mapToObj(i -> new Ranked(i, probabilities[first + i]))
              .sorted(Comparator.comparing(Ranked::probability).reversed())
              .limit(topK)
              .toList());
    }
    return all;
  }

  /**
   * The scores of each picture's classes, float32 [pictures, classes].
   *
   * @throws dev.sconce.error.ServingException {@code INTERNAL} if the module gave anything else
   */
  static NDArray logits(ModuleAnswer answer) {
    NDArray logits = answer.floats(answer.value(), EXPECTED, answer.pictures(), -1);
    if (logits.getShape().get(1) == 0) {
      throw answer.unexpected(EXPECTED);
    }
    return logits;
  }

  /** How many classes the module told apart when it was last asked; before, as many as can be. */
  int classes() {
    return seenClasses;
  }

  @Override
  Object json(List<Ranked> ranks, ClassNames names) {
    Map<String, Float> json = new LinkedHashMap<>();
    ranks.forEach(rank -> json.put(names.of(rank.index), rank.probability));
    return json;
  }
}
