package dev.sconce.weights;

import dev.sconce.error.ServingException;
import dev.sconce.weights.Learner.Resize;
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
  private static final String AUGMENT = "fastai.vision.augment.";
  private static final int CHANNELS = 3;
  private static final int LONGEST_SIDE = 1 << 16;

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
    return new DataLoader(
        source, file, pipeline(loader, "after_item"), pipeline(loader, "after_batch"));
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
        .filter(transform -> transform.type().equals("fastai.vision.core.AddMaskCodes"))
        .findFirst()
        .map(transform -> PythonLists.texts(attribute(transform, "codes")))
        .orElse(List.of());
  }

  /**
   * What all {@code Normalize} do one after the other: none leaves 0…1 as it is. Empty if it is not
   * fast.ai that makes pictures 0…1.
   */
  Optional<Statistics> statistics() {
    boolean fromZeroToOne =
        batches.stream().anyMatch(t -> t.type().equals(TRANSFORMS + "IntToFloatTensor"));
    List<Stateful> steps =
        batches.stream().filter(t -> t.type().equals(TRANSFORMS + "Normalize")).toList();
    if (!fromZeroToOne && steps.isEmpty()) {
      return Optional.empty();
    }
    Double[] mean = {0.0, 0.0, 0.0};
    Double[] std = {1.0, 1.0, 1.0};
    for (Stateful step : steps) {
      List<Double> stepMean = channels(step, "mean");
      List<Double> stepStd = channels(step, "std");
      for (int c = 0; c < CHANNELS; c++) {
        mean[c] += std[c] * stepMean.get(c % stepMean.size());
        std[c] *= stepStd.get(c % stepStd.size());
      }
    }
    return Optional.of(new Statistics(List.of(mean), List.of(std)));
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

  /** The size that the last transform gives which has one. */
  Optional<Resize> resize() {
    List<Stateful> ofBatches = sized(batches);
    List<Stateful> ofItems = sized(items);
    // PyTorch's order, height first, or one number for both.
    List<Long> sides = lastSize(ofBatches);
    if (!ofBatches.isEmpty()) {
      return sides.isEmpty()
          ? Optional.empty()
          : resize(sides.get(0), sides.get(sides.size() - 1), false);
    }
    boolean squish =
        ofItems.size() == 1
            && ofItems.get(0).type().equals(AUGMENT + "Resize")
            && attribute(ofItems.get(0), "method").equals("squish");
    // Pillow's order, width first.
    sides = lastSize(ofItems);
    return sides.size() == 2 ? resize(sides.get(1), sides.get(0), squish) : Optional.empty();
  }

  private static Optional<Resize> resize(long height, long width, boolean squish) {
    return Math.min(height, width) < 1 || Math.max(height, width) > LONGEST_SIDE
        ? Optional.empty()
        : Optional.of(new Resize((int) height, (int) width, squish));
  }

  private static List<Long> lastSize(List<Stateful> sized) {
    return sized.isEmpty()
        ? List.of()
        : PythonLists.integers(attribute(sized.get(sized.size() - 1), "size"));
  }

  private static List<Stateful> sized(List<Stateful> transforms) {
    return transforms.stream()
        .filter(t -> t.type().startsWith(AUGMENT) && attribute(t, "size") != None.NONE)
        .toList();
  }
}
