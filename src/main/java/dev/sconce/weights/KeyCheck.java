package dev.sconce.weights;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether weights fit a network, told in the words of PyTorch's strict {@code load_state_dict}
 * ({@code torch/nn/modules/module.py}): missing keys, unexpected keys and size mismatches, all at
 * once.
 */
public final class KeyCheck {
  private static final String COUNTER = "num_batches_tracked";

  private final StateDict weights;
  private final Map<String, Shape> expected;

  private KeyCheck(StateDict weights, Map<String, Shape> expected) {
    this.weights = weights;
    this.expected = expected;
  }

  /**
   * Checks that {@code weights} has the tensors that a network needs, and no others.
   *
   * <p>The counter {@code num_batches_tracked} of a batch normalisation may be left out of {@code
   * expected}; the weights may have it all the same.
   *
   * @param network its name for the message, where PyTorch puts the module's class
   * @param expected the shape of each parameter and buffer by name, a module's own before those of
   *     the modules inside it
   * @throws ServingException with {@code INVALID_MODEL} if something is missing, unexpected or of
   *     another shape
   */
  public static void require(StateDict weights, String network, Map<String, Shape> expected) {
    List<String> faults = new KeyCheck(weights, expected).faults();
    if (!faults.isEmpty()) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL,
          String.format(
              "%s: Error(s) in loading state_dict for %s:\n\t%s",
              weights.fileName(), network, String.join("\n\t", faults)));
    }
  }

  private List<String> faults() {
    List<String> faults = new ArrayList<>();
    addKeys(faults, "Missing key(s) in state_dict: ", missing());
    addKeys(faults, "Unexpected key(s) in state_dict: ", unexpected());
    expected.forEach(
        (key, shape) ->
            weights
                .find(key)
                .filter(tensor -> !fits(tensor.shape(), shape))
                .ifPresent(tensor -> faults.add(mismatch(key, tensor.shape(), shape))));
    return faults;
  }

  private static void addKeys(List<String> faults, String title, List<String> keys) {
    if (keys.isEmpty()) {
      return;
    }
    List<String> quoted =
        keys.stream()
            .limit(Limits.LISTED_KEYS)
            .map(key -> '"' + Source.excerpt(key) + '"')
            .toList();
    int others = keys.size() - quoted.size();
    String more = others > 0 ? ", and " + others + " more" : "";
    faults.add(title + String.join(", ", quoted) + more + ". ");
  }

  private List<String> missing() {
    return expected.keySet().stream()
        .filter(key -> weights.find(key).isEmpty() && !mayBeMissing(key))
        .toList();
  }

  /**
   * Batch normalisation has its counter since version 2 of the module; weights that are older or
   * tell no version may lack it ({@code torch/nn/modules/batchnorm.py}, {@code _NormBase}).
   */
  private boolean mayBeMissing(String key) {
    return name(key).equals(COUNTER) && weights.moduleVersion(module(key)).orElse(0L) < 2;
  }

  /**
   * Unexpected keys in PyTorch's order: module by module as the network has them, each with the
   * keys whose first unknown part is right inside it.
   */
  private List<String> unexpected() {
    Map<String, List<String>> byModule = new LinkedHashMap<>();
    byModule.put("", new ArrayList<>());
    expected.keySet().forEach(key -> addModules(byModule, key));
    for (String key : weights.tensors().keySet()) {
      if (!expected.containsKey(key) && !isCounter(key)) {
        List<String> ofModule = byModule.get("");
        for (int dot = key.indexOf('.'); dot >= 0; dot = key.indexOf('.', dot + 1)) {
          List<String> inner = byModule.get(key.substring(0, dot));
          if (inner == null) {
            break;
          }
          ofModule = inner;
        }
        ofModule.add(key);
      }
    }
    return byModule.values().stream().flatMap(List::stream).toList();
  }

  /** Adds the modules that a key is in, the outer before the inner. */
  private static void addModules(Map<String, List<String>> byModule, String key) {
    for (int dot = key.indexOf('.'); dot >= 0; dot = key.indexOf('.', dot + 1)) {
      byModule.computeIfAbsent(key.substring(0, dot), module -> new ArrayList<>());
    }
  }

  private boolean isCounter(String key) {
    String module = module(key);
    return name(key).equals(COUNTER)
        && expected.containsKey(module.isEmpty() ? "running_mean" : module + ".running_mean");
  }

  /** Files older than PyTorch 0.4 hold a scalar as one element in one dimension. */
  private static boolean fits(Shape actual, Shape wanted) {
    return actual.equals(wanted)
        || (wanted.rank() == 0 && actual.rank() == 1 && actual.size(0) > 0);
  }

  private static String mismatch(String key, Shape actual, Shape wanted) {
    return String.format(
        "size mismatch for %s: copying a param with shape torch.Size(%s) from checkpoint, the"
            + " shape in current model is torch.Size(%s).",
        key, actual, wanted);
  }

  /** The path of the module that a key, or a module, is in; empty for the outermost. */
  private static String module(String key) {
    return key.substring(0, Math.max(0, key.lastIndexOf('.')));
  }

  private static String name(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }
}
