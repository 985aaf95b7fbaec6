package dev.sconce.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.Map;

/**
 * Opens the state dict's constructor to tests of other rooms, which make weights without a file.
 */
public final class InMemory {
  private InMemory() {}

  /** A state dict of the given tensors. */
  public static StateDict stateDict(String fileName, Map<String, Tensor> tensors) {
    return new StateDict(fileName, tensors, Map.of());
  }

  /** A float32 tensor in row-major order. */
  public static Tensor tensor(float[] values, Shape shape) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(values.length, 4)).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return tensor(bytes, shape);
  }

  /** The float32 tensor that lies in {@code bytes}, little-endian and in row-major order. */
  public static Tensor tensor(ByteBuffer bytes, Shape shape) {
    return Tensor.contiguous(DType.FLOAT32, shape, bytes);
  }

  /** A float32 tensor of any size that is one and the same number everywhere. */
  public static Tensor everywhere(float value, Shape shape) {
    ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(0, value);
    return new Tensor(DType.FLOAT32, shape, Collections.nCopies(shape.rank(), 0L), bytes);
  }
}
