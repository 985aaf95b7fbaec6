package dev.sconce.tensor;

import ai.djl.ndarray.types.DataType;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * What the elements of a request's tensor are, by KServe's names, and what the model then sees: the
 * same type, or where DJL would end the process ({@code int16}, {@code uint16}, {@code uint32} and
 * {@code uint64}) the next larger signed one, which holds the same numbers.
 */
enum Datatype {
  BOOL(DataType.BOOLEAN, 0, 1),
  UINT8(DataType.UINT8, 0, (1 << 8) - 1),
  UINT16(DataType.INT32, 0, (1 << 16) - 1),
  UINT32(DataType.INT64, 0, (1L << 32) - 1),
  UINT64(DataType.INT64, 0, Long.MAX_VALUE),
  INT8(DataType.INT8, Byte.MIN_VALUE, Byte.MAX_VALUE),
  INT16(DataType.INT32, Short.MIN_VALUE, Short.MAX_VALUE),
  INT32(DataType.INT32, Integer.MIN_VALUE, Integer.MAX_VALUE),
  INT64(DataType.INT64, Long.MIN_VALUE, Long.MAX_VALUE),
  FP16(DataType.FLOAT16, 0, 0),
  FP32(DataType.FLOAT32, 0, 0),
  FP64(DataType.FLOAT64, 0, 0);

  private final DataType seen;
  private final long least;
  private final long largest;

  Datatype(DataType seen, long least, long largest) {
    this.seen = seen;
    this.least = least;
    this.largest = largest;
  }

  /**
   * The type of that name.
   *
   * @throws ServingException {@code BAD_REQUEST} if there is none
   */
  static Datatype of(String name) {
    return Arrays.stream(values())
        .filter(type -> type.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ServingException(
                    ErrorCode.BAD_REQUEST,
                    "datatype: %s (expected: one of %s)"
                        .formatted(
                            name.length() > 40 ? name.substring(0, 40) + "…" : name,
                            Arrays.stream(values())
                                .map(Enum::name)
                                .collect(Collectors.joining(", ")))));
  }

  /** What the model sees. */
  DataType seen() {
    return seen;
  }

  boolean isDecimal() {
    return seen.isFloating();
  }

  boolean holds(long value) {
    return value >= least && value <= largest;
  }

  /** What may stand in a list of this type, for messages. */
  String range() {
    return isDecimal() ? "a number" : "a whole number from " + least + " to " + largest;
  }
}
