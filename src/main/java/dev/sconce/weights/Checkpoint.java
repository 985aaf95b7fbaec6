package dev.sconce.weights;

import dev.sconce.weights.PickleValue.Dict;
import dev.sconce.weights.PickleValue.NoTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The state dict inside what a pickle holds.
 *
 * @param tensors by name, in the pickle's order
 * @param versions of the modules, by path, as the attribute {@code _metadata} has them
 */
record Checkpoint(Map<String, TensorRef> tensors, Map<String, Long> versions) {

  /**
   * Where training scripts put the state dict beside epoch and optimizer, most telling first:
   * PyTorch's examples and Lightning, PyTorch's tutorials, fastai, BasicSR, DeepSpeed and others.
   */
  private static final List<String> WRAPPERS =
      List.of(
          "state_dict",
          "model_state_dict",
          "model",
          "model_state",
          "net",
          "network",
          "weights",
          "params",
          "module");

  private static final int DEEPEST_WRAPPER = 4;
  private static final int LISTED_NAMES = 10;

  /** Finds the state dict in {@code root}, which may be wrapped several times. */
  static Checkpoint of(Source source, Object root) {
    if (!(root instanceof Dict dict)) {
      throw source.fault("holds no dict (expected: a state dict, names to tensors)");
    }
    Dict stateDict =
        find(dict, DEEPEST_WRAPPER)
            .orElseThrow(
                () ->
                    source.fault(
                        String.format(
                            "holds no tensors but the entries %s (expected: a state dict, or one"
                                + " under %s)",
                            names(dict), String.join(", ", WRAPPERS))));
    return new Checkpoint(tensors(source, stateDict), versions(stateDict));
  }

  /** The dict with tensors under the wrappers' names, else {@code dict} itself if it has some. */
  private static Optional<Dict> find(Dict dict, int depth) {
    if (depth > 0) {
      for (String name : WRAPPERS) {
        if (dict.entries().get(name) instanceof Dict inner) {
          Optional<Dict> found = find(inner, depth - 1);
          if (found.isPresent()) {
            return found;
          }
        }
      }
    }
    return dict.holdsTensors() ? Optional.of(dict) : Optional.empty();
  }

  private static String names(Dict dict) {
    return dict.entries().keySet().stream()
        .limit(LISTED_NAMES)
        .map(Source::excerpt)
        .collect(Collectors.joining(", ", "[", "]"));
  }

  /** What stands beside the tensors, such as an epoch, is left out. */
  private static Map<String, TensorRef> tensors(Source source, Dict dict) {
    Map<String, TensorRef> tensors = new LinkedHashMap<>();
    dict.entries()
        .forEach(
            (name, value) -> {
              if (value instanceof NoTensor other) {
                throw source.fault(
                    String.format(
                        "%s is %s (expected: a dense tensor of real numbers)",
                        Source.excerpt(name), other.what()));
              }
              if (value instanceof TensorRef tensor) {
                tensors.put(name, tensor);
              }
            });
    if (tensors.size() > Limits.TENSORS) {
      throw source.fault("tensors: " + tensors.size() + " (expected: <= " + Limits.TENSORS + ")");
    }
    return tensors;
  }

  private static Map<String, Long> versions(Dict dict) {
    Map<String, Long> versions = new LinkedHashMap<>();
    if (dict.attributes().get("_metadata") instanceof Dict metadata) {
      metadata
          .entries()
          .forEach(
              (module, value) -> {
                if (value instanceof Dict entry
                    && entry.entries().get("version") instanceof Long version) {
                  versions.put(module, version);
                }
              });
    }
    return versions;
  }
}
