package dev.sconce.weights;

import dev.sconce.weights.PickleValue.Items;
import dev.sconce.weights.PickleValue.NoTensor;
import dev.sconce.weights.PickleValue.Tuple;
import java.util.List;

/**
 * A tensor as a pickle describes it: a view of a storage, inside what the pickle says of that
 * storage. The file may still hold less.
 *
 * @param offset where the first element is, in bytes from the beginning of the storage in the file
 * @param byteLength bytes from the first element to the end of the last
 * @param strides in elements
 */
record TensorRef(
    StorageRef storage, DType dtype, long offset, long byteLength, Shape shape, List<Long> strides)
    implements PickleValue {

  /**
   * The view that {@code torch._utils._rebuild_tensor} would make; a {@link NoTensor} if its
   * elements are not plain real numbers.
   *
   * @param offset in elements, as {@code size} and {@code stride} a value of the pickle
   */
  static PickleValue of(
      Unpickler pickle,
      ElementType type,
      StorageRef storage,
      Object offset,
      Object size,
      Object stride) {
    if (type.dtype().isEmpty()) {
      return new NoTensor("a " + type.name() + " tensor");
    }
    DType dtype = type.dtype().get();
    Shape shape = shape(pickle, size);
    List<Long> strides = counts(pickle, "stride", stride);
    if (strides.size() != shape.rank()) {
      throw pickle.fault(
          "stride: " + strides.size() + " (expected: one for each of " + shape + ")");
    }
    long first = shape.elementCount() == 0 ? 0 : pickle.count("storage offset", offset);
    long available = storage.byteLength() / dtype.byteSize() - first;
    long extent = extent(shape, strides, available);
    if (extent > available) {
      throw pickle.fault(
          String.format(
              "a tensor of shape %s, strides %s and offset %d lies outside its storage of %d bytes",
              shape, strides, first, storage.byteLength()));
    }
    long start = storage.byteOffset() + first * dtype.byteSize();
    return new TensorRef(storage, dtype, start, extent * dtype.byteSize(), shape, strides);
  }

  private static Shape shape(Unpickler pickle, Object size) {
    try {
      return new Shape(counts(pickle, "size", size));
    } catch (IllegalArgumentException e) {
      throw pickle.fault(String.valueOf(e.getMessage()), e);
    }
  }

  private static List<Long> counts(Unpickler pickle, String what, Object value) {
    List<Object> items;
    if (value instanceof Tuple tuple) {
      items = tuple.items();
    } else if (value instanceof Items list) {
      items = list.items();
    } else {
      throw pickle.fault(what + " of a tensor (expected: a tuple of integers)");
    }
    if (items.size() > Limits.RANK) {
      throw pickle.fault(
          "a tensor of " + items.size() + " dimensions (expected: <= " + Limits.RANK + ")");
    }
    pickle.charge(items.size());
    return items.stream().map(item -> pickle.count(what, item)).toList();
  }

  /** Elements from the first to the last; {@link Long#MAX_VALUE} if more than are available. */
  private static long extent(Shape shape, List<Long> strides, long available) {
    if (shape.elementCount() == 0) {
      return 0;
    }
    long extent = 1;
    for (int d = 0; d < strides.size(); d++) {
      long steps = shape.size(d) - 1;
      long stride = strides.get(d);
      if (stride != 0 && steps > (available - extent) / stride) {
        return Long.MAX_VALUE;
      }
      extent += steps * stride;
    }
    return extent;
  }
}
