package dev.sconce.weights;

import dev.sconce.weights.PickleValue.Stateful;
import java.util.List;
import java.util.Optional;

/** An object of a learner that was pickled whole: a module or a transform. Immutable. */
public final class SavedObject {
  private final Stateful object;

  SavedObject(Stateful object) {
    this.object = object;
  }

  /** Its class, with the module that this is in: {@code torch.nn.modules.activation.ReLU}. */
  public String type() {
    return Source.excerpt(object.type());
  }

  /** A number that the object has under that name. */
  public Optional<Double> number(String name) {
    return object
        .attribute(name)
        .filter(value -> value instanceof Long || value instanceof Double)
        .map(value -> ((Number) value).doubleValue());
  }

  /** A text that the object has under that name. */
  public Optional<String> text(String name) {
    return object
        .attribute(name)
        .filter(String.class::isInstance)
        .map(value -> Source.excerpt((String) value));
  }

  /** A yes or a no that the object has under that name. */
  public Optional<Boolean> flag(String name) {
    return object.attribute(name).filter(Boolean.class::isInstance).map(Boolean.class::cast);
  }

  /** The numbers that the object has under that name in a list; empty if there is anything else. */
  public List<Double> numbers(String name) {
    List<Object> elements = object.attribute(name).map(PythonLists::of).orElse(List.of());
    return elements.stream()
            .allMatch(element -> element instanceof Long || element instanceof Double)
        ? elements.stream().map(element -> ((Number) element).doubleValue()).toList()
        : List.of();
  }

  /**
   * The whole numbers that the object has under that name, be they in a list or one alone; of an
   * enumeration's members their values. Empty if there is anything else.
   */
  public List<Long> integers(String name) {
    return object.attribute(name).map(PythonLists::integers).orElse(List.of());
  }

  /** Whether the object has something other than {@code None} under that name. */
  public boolean has(String name) {
    return object.attribute(name).filter(value -> value != PickleValue.None.NONE).isPresent();
  }

  /** Whether it holds neither tensors nor modules, so that a state dict says nothing of it. */
  public boolean leavesNoKeys() {
    return ModuleTree.children(object).isEmpty()
        && ModuleTree.entries(object, "_parameters").isEmpty()
        && ModuleTree.entries(object, "_buffers").isEmpty();
  }
}
