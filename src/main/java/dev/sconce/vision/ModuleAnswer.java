package dev.sconce.vision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.torch.ScriptValue;
import java.util.List;

/**
 * What a module gave for some pictures; valid within the computation.
 *
 * @param question the call, for messages: {@code net.pt: forward(float32 [2, 3, 224, 224])}
 * @param value what came back
 * @param pictures how many pictures it was given, so how many rows or elements are expected
 */
record ModuleAnswer(String question, ScriptValue value, int pictures) {

  /**
   * A tensor of floating point numbers as float32.
   *
   * @param found {@link #value} or a part of it
   * @param expected what the whole answer should be, for the message
   * @param shape the sizes it must have, -1 where any will do
   * @throws ServingException {@code INTERNAL} if it is anything else
   */
  NDArray floats(ScriptValue found, String expected, long... shape) {
    NDArray array = array(found, expected, shape);
    DataType type = array.getDataType();
    // DJL does not know bfloat16, but converts it.
    if (!type.isFloating() && type != DataType.UNKNOWN) {
      throw unexpected(expected);
    }
    return array.toType(DataType.FLOAT32, false);
  }

  /** As {@link #floats}, whole numbers as int64. */
  NDArray integers(ScriptValue found, String expected, long... shape) {
    NDArray array = array(found, expected, shape);
    if (!array.getDataType().isInteger()) {
      throw unexpected(expected);
    }
    return array.toType(DataType.INT64, false);
  }

  private NDArray array(ScriptValue found, String expected, long... shape) {
    if (found instanceof ScriptValue.Array tensor && fits(tensor.array(), shape)) {
      return tensor.array();
    }
    throw unexpected(expected);
  }

  private static boolean fits(NDArray array, long... shape) {
    long[] sizes = array.getShape().getShape();
    boolean fits = sizes.length == shape.length;
    for (int i = 0; fits && i < shape.length; i++) {
      fits = shape[i] < 0 || sizes[i] == shape[i];
    }
    return fits;
  }

  /**
   * The elements of a list, one for each picture.
   *
   * @throws ServingException {@code INTERNAL} if there are more or fewer
   */
  List<ScriptValue> each(ScriptValue found, String expected) {
    if (found instanceof ScriptValue.Sequence list && list.elements().size() == pictures) {
      return list.elements();
    }
    throw unexpected(expected);
  }

  /** The member of a dictionary. */
  ScriptValue member(ScriptValue found, String name, String expected) {
    if (found instanceof ScriptValue.Dictionary dictionary) {
      ScriptValue member = dictionary.members().get(name);
      if (member != null) {
        return member;
      }
    }
    throw unexpected(expected);
  }

  /** The refusal of an answer that is not what the handler is for; to be thrown. */
  ServingException unexpected(String expected) {
    return new ServingException(
        ErrorCode.INTERNAL,
        question + " gave " + value.describe() + " (expected: " + expected + ")");
  }
}
