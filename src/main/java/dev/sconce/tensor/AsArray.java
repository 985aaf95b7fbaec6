package dev.sconce.tensor;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One array of numbers out of a prediction, as {@code numpy.asarray} makes it. */
final class AsArray {
  private AsArray() {}

  /**
   * The array: a tensor by way of {@code tolist()}, which leaves bool, int64 and float64 only;
   * tensors in a tuple or a list beside each other in their own type, if they are of one shape.
   *
   * @return empty if the prediction is no array of numbers
   */
  static Optional<TensorValues> of(Prediction prediction) {
    return prediction instanceof Prediction.Tensor tensor
        ? Optional.of(ofList(tensor.values()))
        : element(prediction);
  }

  /** Of empty lists, NumPy does not know what would be in them. */
  private static TensorValues ofList(TensorValues values) {
    int empty = values.shape().indexOf(0L);
    return empty >= 0
        ? new TensorValues(new double[0], values.shape().subList(0, empty + 1))
        : new TensorValues(widest(values.numbers()), values.shape());
  }

  private static Object widest(Object numbers) {
    return numbers instanceof boolean[] ? numbers : joined(List.of(numbers), wide(numbers));
  }

  private static Class<?> wide(Object numbers) {
    return numbers instanceof float[] || numbers instanceof double[] ? double.class : long.class;
  }

  private static Optional<TensorValues> element(Prediction prediction) {
    if (prediction instanceof Prediction.Tensor tensor) {
      return Optional.of(tensor.values());
    }
    if (prediction instanceof Prediction.Sequence sequence) {
      return stacked(sequence.elements());
    }
    return prediction instanceof Prediction.Plain plain
        ? plain.value().filter(value -> !(value instanceof String)).map(AsArray::single)
        : Optional.empty();
  }

  private static TensorValues single(Object value) {
    Object numbers =
        value instanceof Long whole
            ? new long[] {whole}
            : value instanceof Double decimal
                ? new double[] {decimal}
                : new boolean[] {(Boolean) value};
    return new TensorValues(numbers, List.of());
  }

  private static Optional<TensorValues> stacked(List<Prediction> elements) {
    List<TensorValues> all = elements.stream().flatMap(e -> element(e).stream()).toList();
    if (all.size() < elements.size()
        || all.stream().map(TensorValues::shape).distinct().count() > 1) {
      return Optional.empty();
    }
    if (all.isEmpty()) {
      return Optional.of(new TensorValues(new double[0], List.of(0L)));
    }
    List<Long> shape = new ArrayList<>(all.get(0).shape());
    shape.add(0, (long) all.size());
    List<Object> numbers = all.stream().map(TensorValues::numbers).toList();
    return Optional.of(new TensorValues(joined(numbers, common(numbers)), shape));
  }

  /** The type that holds them all. */
  private static Class<?> common(List<Object> arrays) {
    List<Class<?>> types =
        arrays.stream().<Class<?>>map(array -> array.getClass().getComponentType()).toList();
    if (types.stream().distinct().count() == 1) {
      return types.get(0);
    }
    return arrays.stream().anyMatch(array -> wide(array) == double.class)
        ? double.class
        : long.class;
  }

  private static Object joined(List<Object> arrays, Class<?> type) {
    int size = arrays.stream().mapToInt(Array::getLength).reduce(0, Math::addExact);
    Object joined = Array.newInstance(type, size);
    int at = 0;
    for (Object array : arrays) {
      int count = Array.getLength(array);
      System.arraycopy(as(array, type), 0, joined, at, count);
      at += count;
    }
    return joined;
  }

  private static Object as(Object array, Class<?> type) {
    if (array.getClass().getComponentType() == type) {
      return array;
    }
    if (array instanceof float[] floats) {
      double[] wide = new double[floats.length];
      Arrays.setAll(wide, i -> floats[i]);
      return wide;
    }
    long[] whole = whole(array);
    return type == double.class ? Arrays.stream(whole).asDoubleStream().toArray() : whole;
  }

  private static long[] whole(Object array) {
    if (array instanceof boolean[] flags) {
      long[] ones = new long[flags.length];
      Arrays.setAll(ones, i -> flags[i] ? 1 : 0);
      return ones;
    }
    return array instanceof int[] ints
        ? Arrays.stream(ints).asLongStream().toArray()
        : (long[]) array;
  }
}
