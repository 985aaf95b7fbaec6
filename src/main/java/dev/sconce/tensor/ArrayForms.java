package dev.sconce.tensor;

import dev.sconce.json.PythonFloat;
import dev.sconce.npy.NpyWriter;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** An array of numbers as NumPy writes it. */
final class ArrayForms {
  private ArrayForms() {}

  /** The file that {@code numpy.save} writes. */
  static byte[] npy(TensorValues array) {
    Object numbers = array.numbers();
    if (numbers instanceof float[] floats) {
      return npy(array, "<f4", Float.BYTES, data -> data.asFloatBuffer().put(floats));
    }
    if (numbers instanceof double[] doubles) {
      return npy(array, "<f8", Double.BYTES, data -> data.asDoubleBuffer().put(doubles));
    }
    if (numbers instanceof int[] ints) {
      return npy(array, "<i4", Integer.BYTES, data -> data.asIntBuffer().put(ints));
    }
    if (numbers instanceof long[] longs) {
      return npy(array, "<i8", Long.BYTES, data -> data.asLongBuffer().put(longs));
    }
    return npy(array, "|b1", Byte.BYTES, data -> put(data, (boolean[]) numbers));
  }

  private static byte[] npy(
      TensorValues array, String type, int elementBytes, Consumer<ByteBuffer> elements) {
    int bytes = Math.multiplyExact(array.size(), elementBytes);
    return NpyWriter.bytes(type, array.shape(), bytes, elements);
  }

  private static void put(ByteBuffer data, boolean... flags) {
    for (boolean flag : flags) {
      data.put((byte) (flag ? 1 : 0));
    }
  }

  /**
   * The text that {@code numpy.savetxt(…, delimiter=",", fmt="%s")} writes: a line for each row, or
   * for each number if there is one dimension only.
   *
   * @param array of one or two dimensions
   */
  static byte[] csv(TensorValues array) {
    List<Long> shape = array.shape();
    int width = shape.size() == 1 ? 1 : Math.toIntExact(shape.get(1));
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < shape.get(0); row++) {
      for (int column = 0; column < width; column++) {
        text.append(column == 0 ? "" : ",");
        append(text, array.numbers(), row * width + column);
      }
      text.append('\n');
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static void append(StringBuilder text, Object numbers, int at) {
    if (numbers instanceof float[] floats) {
      PythonFloat.append(text, floats[at]);
    } else if (numbers instanceof double[] doubles) {
      PythonFloat.append(text, doubles[at]);
    } else if (numbers instanceof boolean[] flags) {
      text.append(flags[at] ? "True" : "False");
    } else {
      text.append(Array.getLong(numbers, at));
    }
  }
}
