package dev.sconce.tensor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.npy.NpyArray;
import dev.sconce.tensor.JsonTensor.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The one tensor that a request's body is. Immutable.
 *
 * @param kind its type and shape
 * @param bytes the elements as the model is to see them ({@link Datatype#seen}), row-major and in
 *     native order; never to be written to
 */
record NumberTensor(Kind kind, ByteBuffer bytes) {
  private static final Map<String, Datatype> TYPES =
      Map.ofEntries(
          Map.entry("b1", Datatype.BOOL),
          Map.entry("i1", Datatype.INT8),
          Map.entry("i2", Datatype.INT16),
          Map.entry("i4", Datatype.INT32),
          Map.entry("i8", Datatype.INT64),
          Map.entry("u1", Datatype.UINT8),
          Map.entry("u2", Datatype.UINT16),
          Map.entry("u4", Datatype.UINT32),
          Map.entry("u8", Datatype.UINT64),
          Map.entry("f2", Datatype.FP16),
          Map.entry("f4", Datatype.FP32),
          Map.entry("f8", Datatype.FP64));

  /**
   * Lists in lists of numbers, or a single one, as float32 whatever they are.
   *
   * @throws dev.sconce.error.ServingException {@code BAD_REQUEST} naming the place, as {@link
   *     JsonTensor#of}
   */
  static NumberTensor of(String place, JsonNode json) {
    JsonTensor read = JsonTensor.of(place, json, Optional.of(Datatype.FP32));
    ByteBuffer bytes = allocate(Math.multiplyExact(read.size(), Float.BYTES));
    read.write(bytes);
    return new NumberTensor(read.kind(), bytes.flip());
  }

  /** Numbers in row-major order. */
  static NumberTensor of(float[] numbers, List<Long> shape) {
    ByteBuffer bytes = allocate(Math.multiplyExact(numbers.length, Float.BYTES));
    bytes.asFloatBuffer().put(numbers);
    return new NumberTensor(new Kind(Datatype.FP32, shape), bytes);
  }

  /**
   * What was in a file, in its own type, or the larger one that stands for it.
   *
   * @throws IllegalArgumentException if an element does not fit the type that stands for it
   */
  static NumberTensor of(NpyArray array) {
    Datatype type = TYPES.get(array.type());
    if (type == null) {
      throw new IllegalArgumentException("elements of " + array.type());
    }
    Kind kind = new Kind(type, array.shape());
    ByteBuffer elements = array.elements().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    return new NumberTensor(kind, Widening.of(type, elements));
  }

  static ByteBuffer allocate(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
  }
}
