package dev.sconce.tensor;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.torch.ScriptValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a model gave for one request, out of native memory: {@link ScriptValue} in plain Java. */
sealed interface Prediction {
  /** A tensor. */
  record Tensor(TensorValues values) implements Prediction {}

  /** A tuple or a list. */
  record Sequence(List<Prediction> elements) implements Prediction {}

  /** A dictionary, in the script's order. */
  record Dictionary(Map<String, Prediction> members) implements Prediction {}

  /** A {@link Long}, {@link Double}, {@link Boolean} or {@link String}; empty for {@code None}. */
  record Plain(Optional<Object> value) implements Prediction {}

  /**
   * Takes a value out of the computation's scope.
   *
   * @throws ServingException {@code INTERNAL} if there is something in it that has no JSON
   */
  static Prediction of(ScriptValue value) {
    if (value instanceof ScriptValue.Array tensor) {
      return new Tensor(TensorValues.of(tensor.array()));
    }
    if (value instanceof ScriptValue.Sequence sequence) {
      return new Sequence(sequence.elements().stream().map(Prediction::of).toList());
    }
    if (value instanceof ScriptValue.Dictionary dictionary) {
      Map<String, Prediction> members = new LinkedHashMap<>();
      dictionary.members().forEach((name, member) -> members.put(name, of(member)));
      return new Dictionary(members);
    }
    if (value instanceof ScriptValue.Plain plain) {
      return new Plain(Optional.of(plain.value()));
    }
    if (value.describe().equals(ScriptValue.NONE)) {
      return new Plain(Optional.empty());
    }
    throw new ServingException(
        ErrorCode.INTERNAL,
        "the model gives %s (expected: tensors, numbers and texts, also in lists, tuples and dictionaries with texts as keys)"
            .formatted(value.describe()));
  }

  /** The JSON value that it is. */
  default @Nullable Object json() {
    if (this instanceof Tensor tensor) {
      return tensor.values.nested();
    }
    if (this instanceof Sequence sequence) {
      List<@Nullable Object> list = new ArrayList<>();
      sequence.elements.forEach(element -> list.add(element.json()));
      return list;
    }
    if (this instanceof Dictionary dictionary) {
      Map<String, @Nullable Object> object = new LinkedHashMap<>();
      dictionary.members.forEach((name, member) -> object.put(name, member.json()));
      return object;
    }
    return ((Plain) this).value.orElse(null);
  }
}
