package dev.sconce.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;

/** The numbers of a tensor that a model gave, out of native memory. Never written to. */
final class TensorValues {
  private final Object numbers;
  private final List<Long> shape;

  /**
   * Numbers in row-major order.
   *
   * @param numbers an array of {@code boolean}, {@code int}, {@code long}, {@code float} or {@code
   *     double}; not copied
   * @param shape the sizes, the outermost first; none for a single number
   */
  TensorValues(Object numbers, List<Long> shape) {
    this.numbers = numbers;
    this.shape = List.copyOf(shape);
  }

  /**
   * A tensor's numbers. Of types that Java has not, in the next larger one: {@code int8}, {@code
   * uint8} and {@code int16} are {@code long}, {@code float16} and {@code bfloat16} {@code float}.
   */
  static TensorValues of(NDArray tensor) {
    List<Long> shape = new ArrayList<>();
    for (long size : tensor.getShape().getShape()) {
      shape.add(size);
    }
    return new TensorValues(numbers(tensor), shape);
  }

  private static Object numbers(NDArray tensor) {
    DataType type = tensor.getDataType();
    return switch (type) {
      case FLOAT32 -> tensor.toFloatArray();
      case FLOAT64 -> tensor.toDoubleArray();
      case INT32 -> tensor.toIntArray();
      case INT64 -> tensor.toLongArray();
      case BOOLEAN -> tensor.toBooleanArray();
      case INT8, UINT8 -> tensor.toType(DataType.INT64, false).toLongArray();
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

  /** The array given at construction. */
  Object numbers() {
    return numbers;
  }

  List<Long> shape() {
    return shape;
  }

  int size() {
    return Array.getLength(numbers);
  }

  /** What {@code tensor.tolist()} gives: a JSON value of numbers, Java arrays and lists. */
  Object nested() {
    return nested(0, size(), 0);
  }

  /** One value for each element of the first dimension, of which there is one at least. */
  List<Object> rows() {
    int each = size() / Math.max(1, Math.toIntExact(shape.get(0)));
    List<Object> rows = new ArrayList<>();
    for (int row = 0; row < shape.get(0); row++) {
      rows.add(nested(row * each, each, 1));
    }
    return rows;
  }

  private Object nested(int from, int count, int depth) {
    if (depth == shape.size()) {
      return Array.get(numbers, from);
    }
    if (depth == shape.size() - 1) {
      Object row = Array.newInstance(numbers.getClass().getComponentType(), count);
      System.arraycopy(numbers, from, row, 0, count);
      return row;
    }
    int each = count / Math.max(1, Math.toIntExact(shape.get(depth)));
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < shape.get(depth); i++) {
      list.add(nested(from + i * each, each, depth + 1));
    }
    return list;
  }
}
