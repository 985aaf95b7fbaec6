package dev.sconce.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Consumer;

/**
 * Native memory through which numbers become tensors; grows to the largest one seen. Belongs to a
 * handler's one thread. A tensor may stand on this memory, so it is of no use any more once the
 * next one is made.
 */
final class Staging {
  private ByteBuffer memory = ByteBuffer.allocateDirect(0);

  /**
   * A tensor on the scope's device.
   *
   * @param numbers puts the elements, row-major and in native order
   */
  NDArray tensor(NDManager scope, DataType type, List<Long> shape, Consumer<ByteBuffer> numbers) {
    long bytes = shape.stream().reduce((long) type.getNumOfBytes(), Math::multiplyExact);
    if (memory.capacity() < bytes) {
      memory = ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
    }
    memory.clear().limit((int) bytes);
    numbers.accept(memory);
    long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
    return scope.create(memory.flip(), new Shape(sizes), type);
  }
}
