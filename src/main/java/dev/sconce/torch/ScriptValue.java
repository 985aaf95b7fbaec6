package dev.sconce.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a method of a module gave: a tensor, or tensors in lists, tuples and dictionaries, and what
 * stands beside them. Its arrays belong to the scope of the computation.
 */
public sealed interface ScriptValue {
  /** The {@link Other#type} of Python's {@code None}. */
  String NONE = "NoneType";

  /** One tensor. */
  record Array(NDArray array) implements ScriptValue {}

  /** A list or a tuple, in order. */
  record Sequence(List<ScriptValue> elements) implements ScriptValue {}

  /** A dictionary whose keys are text; its members stand in the script's order. */
  record Dictionary(Map<String, ScriptValue> members) implements ScriptValue {}

  /**
   * A number, a truth value or a text of Python's.
   *
   * @param type TorchScript's name of it, as in {@code int}
   * @param value a {@link Long}, {@link Double}, {@link Boolean} or {@link String}
   */
  record Plain(String type, Object value) implements ScriptValue {}

  /**
   * Anything else.
   *
   * @param type TorchScript's name of it, {@link #NONE} for instance
   */
  record Other(String type) implements ScriptValue {}

  /**
   * What it is, for messages: {@code float32 [1, 5]}, {@code a dictionary of out: float32 [1, 5]}.
   */
  default String describe() {
    if (this instanceof Array tensor) {
      return describe(tensor.array.getDataType(), tensor.array.getShape());
    }
    if (this instanceof Sequence sequence) {
      return "a list of "
          + sequence.elements.size()
          + sequence.elements.stream()
              .limit(1)
              .map(first -> ", the first " + first.describe())
              .collect(Collectors.joining());
    }
    if (this instanceof Dictionary dictionary) {
      return dictionary.members.entrySet().stream()
          .map(member -> member.getKey() + ": " + member.getValue().describe())
          .collect(Collectors.joining(", ", "a dictionary of ", ""));
    }
    return this instanceof Plain plain ? plain.type : ((Other) this).type;
  }

  /** As {@code float32 [2, 3, 224, 224]}. */
  static String describe(DataType type, Shape shape) {
    return type.name().toLowerCase(Locale.ROOT) + " " + Arrays.toString(shape.getShape());
  }

  /** Reads {@code value}, which stays the caller's; the arrays become the scope's. */
  static ScriptValue of(IValue value, PtNDManager scope) {
    if (value.isTensor()) {
      return new Array(value.toTensor(scope));
    }
    if (value.isTensorList()) {
      PtNDArray[] arrays = value.toTensorArray(scope);
      return new Sequence(Arrays.stream(arrays).<ScriptValue>map(Array::new).toList());
    }
    if (value.isTuple()) {
      return sequence(value.toIValueTuple(), scope);
    }
    String type = value.getType();
    if (value.isMap() && type.startsWith("Dict(str,")) { // with other keys DJL fails
      return dictionary(DictionaryCall.members(value), scope);
    }
    return value.isList() ? sequence(value.toIValueArray(), scope) : plain(value, type);
  }

  private static ScriptValue plain(IValue value, String type) {
    if (value.isLong()) {
      return new Plain(type, value.toLong());
    }
    if (value.isDouble()) {
      return new Plain(type, value.toDouble());
    }
    if (value.isBoolean()) {
      return new Plain(type, value.toBoolean());
    }
    return value.isString() ? new Plain(type, value.toStringValue()) : new Other(type);
  }

  private static ScriptValue sequence(IValue[] values, PtNDManager scope) {
    try {
      List<ScriptValue> elements = new ArrayList<>();
      for (IValue value : values) {
        elements.add(of(value, scope));
      }
      return new Sequence(elements);
    } finally {
      Arrays.stream(values).forEach(IValue::close);
    }
  }

  private static ScriptValue dictionary(Map<String, IValue> values, PtNDManager scope) {
    try {
      Map<String, ScriptValue> members = new LinkedHashMap<>();
      values.forEach((name, value) -> members.put(name, of(value, scope)));
      return new Dictionary(members);
    } finally {
      values.values().forEach(IValue::close);
    }
  }
}
