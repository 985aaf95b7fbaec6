package dev.sconce.weights;

import dev.sconce.weights.PickleValue.Stateful;
import java.util.Optional;

/** A module of a model that was pickled whole. Immutable. */
public final class SavedModule {
  private final Stateful object;

  SavedModule(Stateful object) {
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

  /** Whether it holds neither tensors nor modules, so that a state dict says nothing of it. */
  public boolean leavesNoKeys() {
    return ModuleTree.children(object).isEmpty()
        && ModuleTree.entries(object, "_parameters").isEmpty()
        && ModuleTree.entries(object, "_buffers").isEmpty();
  }
}
