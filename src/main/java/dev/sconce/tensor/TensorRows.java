package dev.sconce.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;

/**
 * A tensor as {@code tensor.tolist()} gives it, cut into its rows: JSON values of numbers, Java
 * arrays and lists.
 */
final class TensorRows {
  private TensorRows() {}

  /** One value for each element of the first dimension. */
  static List<Object> of(NDArray tensor) {
    long[] shape = tensor.getShape().getShape();
    Object values = values(tensor);
    int each = Array.getLength(values) / Math.max(1, (int) shape[0]);
    List<Object> rows = new ArrayList<>();
    for (int row = 0; row < shape[0]; row++) {
      rows.add(nested(values, row * each, each, shape, 1));
    }
    return rows;
  }

  private static Object values(NDArray tensor) {
    DataType type = tensor.getDataType();
    return switch (type) {
      case FLOAT32 -> tensor.toFloatArray();
      case FLOAT64 -> tensor.toDoubleArray();
      case INT64 -> tensor.toLongArray();
      case BOOLEAN -> tensor.toBooleanArray();
      case INT8, UINT8, INT32 -> tensor.toType(DataType.INT64, false).toLongArray();
      case FLOAT16 -> tensor.toType(DataType.FLOAT32, false).toFloatArray();
      default -> unnamed(tensor);
    };
  }

  /**
   * Of a type that DJL has no name for: {@code bfloat16}, or {@code int16}, which an addition of
   * {@code int64} makes one, too.
   */
  private static Object unnamed(NDArray tensor) {
    NDArray sum = tensor.add(tensor.getManager().create(new long[1]));
    return sum.getDataType() == DataType.INT64
        ? sum.toLongArray()
        : sum.toType(DataType.FLOAT32, false).toFloatArray();
  }

  private static Object nested(Object values, int from, int count, long[] shape, int depth) {
    if (depth == shape.length) {
      return Array.get(values, from);
    }
    if (depth == shape.length - 1) {
      Object row = Array.newInstance(values.getClass().getComponentType(), count);
      System.arraycopy(values, from, row, 0, count);
      return row;
    }
    int each = count / Math.max(1, (int) shape[depth]);
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < shape[depth]; i++) {
      list.add(nested(values, from + i * each, each, shape, depth + 1));
    }
    return list;
  }
}
