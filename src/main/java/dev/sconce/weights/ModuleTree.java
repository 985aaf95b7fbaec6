package dev.sconce.weights;

import dev.sconce.weights.PickleValue.Dict;
import dev.sconce.weights.PickleValue.Items;
import dev.sconce.weights.PickleValue.None;
import dev.sconce.weights.PickleValue.Stateful;
import dev.sconce.weights.PickleValue.Tuple;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The modules of a pickled model, walked as {@code torch/nn/modules/module.py}, {@code state_dict},
 * walks them: a module's parameters, its buffers, then the modules inside it. What is in several
 * places comes at each, so depth, names and number of modules and tensors are bounded.
 */
final class ModuleTree {
  private static final int DEEPEST = 64;

  private final Source source;
  private final Map<String, SavedObject> modules = new LinkedHashMap<>();
  private final Dict tensors = new Dict();
  private int steps;

  ModuleTree(Source source, Stateful model) {
    this.source = source;
    walk("", model, 0);
  }

  /** By path, the model itself first. */
  Map<String, SavedObject> modules() {
    return modules;
  }

  /** The tensors that {@code state_dict()} has. */
  Checkpoint checkpoint() {
    return Checkpoint.of(source, tensors);
  }

  private void walk(String path, Stateful module, int depth) {
    if (depth > DEEPEST || path.length() > Limits.NAME_LENGTH) {
      throw source.fault(
          "module "
              + Source.excerpt(path)
              + " (expected: at most "
              + DEEPEST
              + " modules inside one another)");
    }
    modules.put(path, new SavedObject(module));
    String prefix = path.isEmpty() ? "" : path + ".";
    addTensors(prefix, entries(module, "_parameters"), Set.of());
    addTensors(prefix, entries(module, "_buffers"), notSaved(module));
    for (Map.Entry<String, Object> child : children(module).entrySet()) {
      step();
      if (child.getValue() instanceof Stateful inner) {
        walk(prefix + child.getKey(), inner, depth + 1);
      }
    }
  }

  private void addTensors(String prefix, Map<String, Object> values, Set<String> notSaved) {
    for (Map.Entry<String, Object> entry : values.entrySet()) {
      step();
      if (entry.getValue() != None.NONE && !notSaved.contains(entry.getKey())) {
        tensors.put(name(prefix, entry.getKey()), entry.getValue());
      }
    }
  }

  private String name(String prefix, String key) {
    if (prefix.length() + key.length() > Limits.NAME_LENGTH) {
      throw source.fault(
          "tensor "
              + Source.excerpt(prefix + Source.excerpt(key))
              + " (expected: a name of at most "
              + Limits.NAME_LENGTH
              + " characters)");
    }
    return prefix + key;
  }

  private void step() {
    steps++;
    if (steps > Limits.TENSORS) {
      throw source.fault(
          "modules and tensors: more than " + Limits.TENSORS + " (expected: as many at most)");
    }
  }

  /** Names of buffers that are made anew whenever the module is. */
  private Set<String> notSaved(Stateful module) {
    List<Object> names = List.of();
    Object value = module.attribute("_non_persistent_buffers_set").orElse(None.NONE);
    if (value instanceof Stateful set && !set.arguments().isEmpty()) {
      value = set.arguments().get(0);
    }
    if (value instanceof Items items) {
      names = items.items();
    } else if (value instanceof Tuple tuple) {
      names = tuple.items();
    }
    Set<String> texts = new HashSet<>();
    for (Object name : names) {
      step();
      if (name instanceof String text) {
        texts.add(text);
      }
    }
    return texts;
  }

  /** The modules inside a module, by name; some may be {@code None}. */
  static Map<String, Object> children(Stateful module) {
    return entries(module, "_modules");
  }

  /** What is in a dictionary that a module has. */
  static Map<String, Object> entries(Stateful module, String name) {
    return module.attribute(name).orElse(None.NONE) instanceof Dict dict
        ? dict.entries()
        : Map.of();
  }
}
