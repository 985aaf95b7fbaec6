package dev.sconce.weights;

import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Turns the tensors that a pickle describes into tensors with values. */
final class TensorLoader {
  private final WeightsFile file;
  private final Function<StorageRef, Storage> storages;
  private final ByteOrder order;

  /**
   * Loads from {@code file}.
   *
   * @param storages finds a storage in the file; has checked that it is as long as the pickle says
   * @param order of the bytes of an element
   */
  TensorLoader(WeightsFile file, Function<StorageRef, Storage> storages, ByteOrder order) {
    this.file = file;
    this.storages = storages;
    this.order = order;
  }

  /** All tensors of the checkpoint. */
  StateDict load(Checkpoint checkpoint) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    long limit = Limits.expandedBytes(file.length());
    long total = 0;
    for (Map.Entry<String, TensorRef> entry : checkpoint.tensors().entrySet()) {
      TensorRef ref = entry.getValue();
      String name = entry.getKey();
      total += byteCount(file.source(), name, ref.dtype(), ref.shape());
      if (total > limit) {
        throw file.source()
            .fault(
                String.format(
                    "%s: up to here tensors repeat shared storages to %d bytes (expected: <= %d)",
                    Source.excerpt(name), total, limit));
      }
      tensors.put(name, tensor(name, ref));
    }
    return new StateDict(file.source().fileName(), tensors, checkpoint.versions());
  }

  private Tensor tensor(String name, TensorRef ref) {
    if (ref.byteLength() > Limits.ARRAY) {
      throw file.source()
          .fault(
              String.format(
                  "%s: spread over %d bytes (expected: <= %d)",
                  Source.excerpt(name), ref.byteLength(), Limits.ARRAY));
    }
    Storage storage = storages.apply(ref.storage());
    return new Tensor(
        ref.dtype(),
        ref.shape(),
        ref.strides(),
        storage.slice(ref.offset(), ref.byteLength()).order(order));
  }

  /** The bytes of all elements, repeated ones included, which a Java array must be able to hold. */
  static long byteCount(Source source, String name, DType dtype, Shape shape) {
    int most = Limits.ARRAY / dtype.byteSize();
    if (shape.elementCount() > most) {
      throw source.fault(
          String.format(
              "%s: shape %s of %s (expected: <= %d elements, which is 2 GiB)",
              Source.excerpt(name), shape, dtype, most));
    }
    return shape.elementCount() * dtype.byteSize();
  }
}
