package dev.sconce.weights;

import dev.sconce.weights.PickleValue.Call;
import dev.sconce.weights.PickleValue.Global;
import dev.sconce.weights.PickleValue.Stateful;
import java.util.List;
import java.util.Optional;

/**
 * The names that a pickled fast.ai learner asks for, which may be any: functions of the user's own
 * among them. What tensors and dictionaries are made with means what it does in a state dict;
 * everything else stands for an object that does nothing and keeps what it is given.
 */
final class LearnerGlobals implements Globals {
  /** How the names begin that mean what they do in a state dict. */
  private static final List<String> DATA =
      List.of("collections.", "torch._utils._rebuild_", "torch._tensor._rebuild_", "torch.Size");

  /** What fast.ai pickled its own tensors with before PyTorch could. */
  private static final String OLD_TENSOR = "fastai.torch_core._rebuild_from_type";

  /** What classes of the user's own are made with: {@code (metaclass, name, bases, …)}. */
  private static final String OWN_CLASS = "cloudpickle.cloudpickle._make_skeleton_class";

  private final Globals stateDict = new StateDictGlobals();

  @Override
  public Optional<PickleValue> find(String name) {
    if (name.equals(OLD_TENSOR)) {
      return Optional.of(new Global(name, RebuildCalls::fromType));
    }
    if (name.equals(OWN_CLASS)) {
      return Optional.of(new Global(name, (pickle, arguments) -> ownClass(name, arguments)));
    }
    Call inert = (pickle, arguments) -> new Stateful(name, arguments);
    return stateDict
        .find(name)
        .filter(value -> value instanceof ElementType || DATA.stream().anyMatch(name::startsWith))
        .or(() -> Optional.of(new Global(name, inert)));
  }

  /** Its name is told apart from those of classes that are somewhere to be found. */
  private static Stateful ownClass(String maker, List<Object> arguments) {
    return arguments.size() > 1 && arguments.get(1) instanceof String name
        ? new Stateful("__main__." + name, arguments)
        : new Stateful(maker, arguments);
  }

  /** In the legacy format classes of modules come with their source: the class alone counts. */
  @Override
  public Optional<Object> persistent(List<Object> parts) {
    return parts.size() == 4 && parts.get(0).equals("module")
        ? Optional.of(parts.get(1))
        : Optional.empty();
  }

  @Override
  public String allowed() {
    return "anything, since nothing is run";
  }
}
