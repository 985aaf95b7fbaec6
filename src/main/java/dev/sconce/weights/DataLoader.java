package dev.sconce.weights;

import dev.sconce.error.ServingException;
import dev.sconce.weights.Learner.Statistics;
import dev.sconce.weights.PickleValue.None;
import dev.sconce.weights.PickleValue.Stateful;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a pickled learner does with a picture before its model sees it: the transforms of its
 * validation set, which {@code learn.predict} uses ({@code fastai/data/core.py}, {@code TfmdDL}).
 */
final class DataLoader {
  private static final String TRANSFORMS = "fastai.data.transforms.";
  private static final String TO_TENSOR = TRANSFORMS + "ToTensor";
  private static final String TO_FLOATS = TRANSFORMS + "IntToFloatTensor";
  private static final String NORMALIZE = TRANSFORMS + "Normalize";
  private static final String MASK_CODES = "fastai.vision.core.AddMaskCodes";

  /** What the subclasses of {@code AffineCoordTfm} have, whatever their names. */
  private static final String COORDINATES = "aff_fs";

  /** The training set's {@code split_idx}. */
  private static final Long TRAINING = 0L;

  private static final int CHANNELS = 3;
  private static final double MOST = 255;

  private final Source source;
  private final TorchFile file;
  private final List<Stateful> items;
  private final List<Stateful> batches;

  private DataLoader(Source source, TorchFile file, List<Stateful> items, List<Stateful> batches) {
    this.source = source;
    this.file = file;
    this.items = items;
    this.batches = batches;
  }

  /** The learner's loader of the validation set, or else its only one. */
  static DataLoader of(Source source, TorchFile file, Stateful learner) {
    List<Stateful> loaders =
        learner
            .attribute("dls")
            .map(dls -> attribute(dls, "loaders"))
            .map(PythonLists::objects)
            .orElse(List.of());
    Object loader = loaders.isEmpty() ? None.NONE : loaders.get(loaders.size() > 1 ? 1 : 0);
    List<Stateful> items = pipeline(loader, "after_item");
    List<Stateful> batches = new ArrayList<>(pipeline(loader, "before_batch"));
    batches.addAll(pipeline(loader, "after_batch"));
    if (items.size() + batches.size() > Limits.TRANSFORMS) {
      throw source.fault(
          "%d transforms (expected: %d at most)"
              .formatted(items.size() + batches.size(), Limits.TRANSFORMS));
    }
    return new DataLoader(source, file, items, batches);
  }

  private static List<Stateful> pipeline(Object loader, String name) {
    return PythonLists.objects(attribute(attribute(loader, name), "fs"));
  }

  private static Object attribute(Object object, String name) {
    return object instanceof Stateful stateful
        ? stateful.attribute(name).orElse(None.NONE)
        : None.NONE;
  }

  /** The codes of {@code MaskBlock(codes)}; empty if it has none. */
  List<String> classNames() {
    return items.stream()
        .filter(transform -> transform.type().equals(MASK_CODES))
        .findFirst()
        .map(transform -> PythonLists.texts(attribute(transform, "codes")))
        .orElse(List.of());
  }

  /**
   * What all {@code IntToFloatTensor} and {@code Normalize} do one after the other. Empty if there
   * is neither; with the latter alone, values are 0…1 by what somebody else does.
   */
  Optional<Statistics> statistics() {
    List<Stateful> divided = ofType(TO_FLOATS);
    List<Stateful> normalized = ofType(NORMALIZE);
    if (divided.isEmpty() && normalized.isEmpty()) {
      return Optional.empty();
    }
    double divisor = divided.isEmpty() ? MOST : 1;
    for (Stateful step : divided) {
      divisor *= divisor(step);
    }
    Double[] mean = {0.0, 0.0, 0.0};
    Double[] std = {1.0, 1.0, 1.0};
    for (Stateful step : normalized) {
      List<Double> stepMean = channels(step, "mean");
      List<Double> stepStd = channels(step, "std");
      for (int c = 0; c < CHANNELS; c++) {
        mean[c] += std[c] * stepMean.get(c % stepMean.size());
        std[c] *= stepStd.get(c % stepStd.size());
      }
    }
    return Optional.of(new Statistics(divisor, List.of(mean), List.of(std)));
  }

  private List<Stateful> ofType(String type) {
    return batches.stream().filter(transform -> transform.type().equals(type)).toList();
  }

  private double divisor(Stateful toFloats) {
    SavedObject step = new SavedObject(toFloats);
    Optional<Double> number = step.number("div");
    if (number.isEmpty() && step.has("div")) {
      throw source.fault("IntToFloatTensor: div: no number (expected: one, finite, > 0)");
    }
    double divisor = number.orElse(MOST);
    if (!Float.isFinite((float) divisor) || (float) divisor <= 0) {
      throw source.fault("IntToFloatTensor: div: " + divisor + " (expected: finite, > 0)");
    }
    return divisor;
  }

  /** One number for each channel, or one for all. */
  private List<Double> channels(Stateful normalize, String name) {
    if (!(attribute(normalize, name) instanceof TensorRef ref)) {
      throw refused(name, "no tensor");
    }
    long count = ref.shape().elementCount();
    if (count != 1 && count != CHANNELS) {
      throw refused(name, "shape " + ref.shape());
    }
    Checkpoint tensor = new Checkpoint(Map.of(name, ref), Map.of());
    List<Double> numbers = new ArrayList<>();
    for (float value : file.load(tensor).find(name).orElseThrow().toFloats()) {
      if (!Float.isFinite(value) || (name.equals("std") && value <= 0)) {
        throw refused(name, "" + value);
      }
      // The number that people wrote, such as 0.485, is the shortest one that gives these bits.
      numbers.add(Double.valueOf(Float.toString(value)));
    }
    return numbers;
  }

  private ServingException refused(String name, String what) {
    return source.fault(
        "Normalize: %s: %s (expected: a tensor of 1 or %d finite numbers, std > 0)"
            .formatted(name, what, CHANNELS));
  }

  /** What is done with pictures, but for what makes tensors of them. */
  List<SavedObject> itemTransforms() {
    return others(items, TO_TENSOR, MASK_CODES);
  }

  /** What is done with batches of them, but for what {@link #statistics} tells. */
  List<SavedObject> batchTransforms() {
    return others(batches, TO_FLOATS, NORMALIZE);
  }

  private static List<SavedObject> others(List<Stateful> transforms, String... told) {
    return transforms.stream()
        .filter(transform -> !List.of(told).contains(transform.type()))
        .filter(DataLoader::changesPictures)
        .map(SavedObject::new)
        .toList();
  }

  /**
   * Whether a transform does anything when {@code learn.predict} runs: those of the training set
   * alone do not, nor do turning, zooming and warping, which only change the size then.
   */
  private static boolean changesPictures(Stateful transform) {
    return transform.attribute(COORDINATES).isPresent()
        ? attribute(transform, "size") != None.NONE
        : !attribute(transform, "split_idx").equals(TRAINING);
  }
}
