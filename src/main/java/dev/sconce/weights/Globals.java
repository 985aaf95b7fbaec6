package dev.sconce.weights;

import java.util.List;
import java.util.Optional;

/**
 * The Python names that a pickle may ask for. Another kind of file is read with another list; the
 * {@link Unpickler} stays the same.
 */
interface Globals {
  /**
   * What stands in for the function, class or constant of that name, module and name joined by a
   * dot; empty if the pickle must not ask for it.
   */
  Optional<PickleValue> find(String name);

  /**
   * What stands in for a persistent id that is no storage, by its parts; empty if the pickle must
   * not have it.
   */
  default Optional<Object> persistent(List<Object> parts) {
    return Optional.empty();
  }

  /** The most opcodes, and elements copied on their behalf, that such a file has a use for. */
  default int work() {
    return Limits.PICKLE_WORK;
  }

  /** What is allowed, in a few words for a message. */
  String allowed();
}
