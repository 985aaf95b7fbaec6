package dev.sconce.weights;

import dev.sconce.error.ServingException;
import dev.sconce.weights.PickleValue.Stateful;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What fast.ai's {@code learn.export()} wrote, read as data: the whole learner is in such a file,
 * and not a line of it is run. Immutable and safe from any thread; values of tensors stay in the
 * memory-mapped file, as those of {@link StateDict}.
 *
 * @param weights the state dict of its model, keys and order as {@code model.state_dict()} has them
 * @param modules of the model by path, {@code ""} the model itself, as {@code named_modules()} has
 *     them but for modules in several places, which stand at each
 * @param classNames the codes of a segmentation by class; empty if it has none
 * @param statistics what becomes of the values of pictures; empty if fast.ai's own transforms do
 *     nothing with them
 * @param itemTransforms what is done besides with a picture of the validation set, in order, and
 *     what that is {@code learn.predict} does; of fast.ai's own only those that change it
 * @param batchTransforms what is done after that with batches of such pictures
 */
public record Learner(
    StateDict weights,
    Map<String, SavedObject> modules,
    List<String> classNames,
    Optional<Statistics> statistics,
    List<SavedObject> itemTransforms,
    List<SavedObject> batchTransforms) {

  /** Wrapped for training, as {@code DataParallel} and {@code torch.compile} do. */
  private static final List<String> WRAPPED = List.of("module", "_orig_mod");

  private static final int DEEPEST_WRAPPING = 4;

  /** Copies lists and maps. */
  public Learner {
    modules = Collections.unmodifiableMap(new LinkedHashMap<>(modules));
    classNames = List.copyOf(classNames);
    itemTransforms = List.copyOf(itemTransforms);
    batchTransforms = List.copyOf(batchTransforms);
  }

  /**
   * What pictures are normalised with.
   *
   * @param divisor of the bytes, before anything else; finite, above 0
   * @param mean of each of the 3 channels, taken off
   * @param std of each, divided by after that
   */
  public record Statistics(double divisor, List<Double> mean, List<Double> std) {
    /** Copies the lists. */
    public Statistics {
      mean = List.copyOf(mean);
      std = List.copyOf(std);
    }
  }

  /**
   * The learner in {@code file}; empty if the file, whatever its name, holds something else.
   *
   * @throws ServingException with {@code INVALID_MODEL} if the file is damaged or its learner has
   *     no model that can be read; the message begins with the file's name
   */
  public static Optional<Learner> find(Path file) {
    try (WeightsFile open = WeightsFile.open(file)) {
      return TorchFile.open(open)
          .filter(torch -> torch.type().filter(Learner::isLearner).isPresent())
          .map(torch -> read(open.source(), torch));
    }
  }

  /** Whether a class of that name is one of fast.ai's learners. */
  static boolean isLearner(String type) {
    return type.startsWith("fastai.") && type.endsWith("Learner");
  }

  private static Learner read(Source source, TorchFile file) {
    Object root = file.value(new LearnerGlobals());
    if (!(root instanceof Stateful learner)
        || !(learner.attribute("model").orElse(root) instanceof Stateful model)
        || model == learner) {
      throw source.fault("holds a fast.ai learner without a model (expected: one)");
    }
    ModuleTree tree = new ModuleTree(source, unwrapped(model));
    DataLoader loader = DataLoader.of(source, file, learner);
    return new Learner(
        file.load(tree.checkpoint()),
        tree.modules(),
        loader.classNames(),
        loader.statistics(),
        loader.itemTransforms(),
        loader.batchTransforms());
  }

  private static Stateful unwrapped(Stateful model) {
    Stateful inner = model;
    for (int depth = 0; depth < DEEPEST_WRAPPING; depth++) {
      Map<String, Object> children = ModuleTree.children(inner);
      if (children.size() == 1
          && WRAPPED.contains(children.keySet().iterator().next())
          && children.values().iterator().next() instanceof Stateful wrapped) {
        inner = wrapped;
      }
    }
    return inner;
  }

  /** The class of the model, with its module: {@code fastai.vision.models.unet.DynamicUnet}. */
  public String modelType() {
    return modules.values().iterator().next().type();
  }
}
