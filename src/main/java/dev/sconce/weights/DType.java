package dev.sconce.weights;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The element types of tensors: every real number type that {@code torch.save} or safetensors can
 * write with whole bytes. {@link #toString} gives PyTorch's name, without {@code torch.}.
 */
public enum DType {
  /** IEEE binary64. */
  FLOAT64("float64", "F64", 8),
  /** IEEE binary32. */
  FLOAT32("float32", "F32", 4),
  /** IEEE binary16. */
  FLOAT16("float16", "F16", 2),
  /** The upper half of a float32. */
  BFLOAT16("bfloat16", "BF16", 2),
  /** Five bits of exponent, two of mantissa, IEEE-like. */
  FLOAT8_E5M2("float8_e5m2", "F8_E5M2", 1),
  /** Four bits of exponent, three of mantissa, no infinities. */
  FLOAT8_E4M3FN("float8_e4m3fn", "F8_E4M3", 1),
  /** As {@link #FLOAT8_E5M2}, without infinities and negative zero. */
  FLOAT8_E5M2FNUZ("float8_e5m2fnuz", "F8_E5M2FNUZ", 1),
  /** As {@link #FLOAT8_E4M3FN}, without negative zero. */
  FLOAT8_E4M3FNUZ("float8_e4m3fnuz", "F8_E4M3FNUZ", 1),
  /** Eight bits of exponent and nothing else: a power of two. */
  FLOAT8_E8M0FNU("float8_e8m0fnu", "F8_E8M0", 1),
  /** Signed, 64 bits. */
  INT64("int64", "I64", 8),
  /** Signed, 32 bits. */
  INT32("int32", "I32", 4),
  /** Signed, 16 bits. */
  INT16("int16", "I16", 2),
  /** Signed, 8 bits. */
  INT8("int8", "I8", 1),
  /** Unsigned, 64 bits; as a {@code long}, values from 2^63 on are negative. */
  UINT64("uint64", "U64", 8),
  /** Unsigned, 32 bits. */
  UINT32("uint32", "U32", 4),
  /** Unsigned, 16 bits. */
  UINT16("uint16", "U16", 2),
  /** Unsigned, 8 bits. */
  UINT8("uint8", "U8", 1),
  /** One byte, false if zero. */
  BOOL("bool", "BOOL", 1);

  private static final Map<String, DType> BY_SAFETENSORS_NAME =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(d -> d.safetensorsName, Function.identity()));

  private final String torchName;
  private final String safetensorsName;
  private final int byteSize;

  DType(String torchName, String safetensorsName, int byteSize) {
    this.torchName = torchName;
    this.safetensorsName = safetensorsName;
    this.byteSize = byteSize;
  }

  /** Bytes of one element. */
  public int byteSize() {
    return byteSize;
  }

  /** True for floating-point types, false for integers and {@link #BOOL}. */
  public boolean isFloatingPoint() {
    return compareTo(INT64) < 0;
  }

  @Override
  public String toString() {
    return torchName;
  }

  static Optional<DType> ofSafetensorsName(String name) {
    return Optional.ofNullable(BY_SAFETENSORS_NAME.get(name));
  }

  /** The element at byte {@code i}, rounded to the nearest float. */
  float floatAt(ByteBuffer b, int i) {
    return switch (this) {
      case FLOAT64 -> (float) b.getDouble(i);
      case FLOAT32 -> b.getFloat(i);
      case FLOAT16 -> SmallFloat.FLOAT16.decode(b.getShort(i));
      case BFLOAT16 -> Float.intBitsToFloat(b.getShort(i) << Short.SIZE);
      case FLOAT8_E5M2 -> SmallFloat.FLOAT8_E5M2.decode(b.get(i));
      case FLOAT8_E4M3FN -> SmallFloat.FLOAT8_E4M3FN.decode(b.get(i));
      case FLOAT8_E5M2FNUZ -> SmallFloat.FLOAT8_E5M2FNUZ.decode(b.get(i));
      case FLOAT8_E4M3FNUZ -> SmallFloat.FLOAT8_E4M3FNUZ.decode(b.get(i));
      case FLOAT8_E8M0FNU -> powerOfTwo(b.get(i) & 0xff);
      case UINT64 -> unsignedToFloat(b.getLong(i));
      default -> (float) longAt(b, i);
    };
  }

  /** The element at byte {@code i}; a fraction is cut off. */
  long longAt(ByteBuffer b, int i) {
    return switch (this) {
      case INT64, UINT64 -> b.getLong(i);
      case INT32 -> b.getInt(i);
      case INT16 -> b.getShort(i);
      case INT8 -> b.get(i);
      case UINT32 -> b.getInt(i) & 0xffffffffL;
      case UINT16 -> b.getShort(i) & 0xffff;
      case UINT8 -> b.get(i) & 0xff;
      case BOOL -> b.get(i) == 0 ? 0 : 1;
      case FLOAT64 -> (long) b.getDouble(i);
      default -> (long) floatAt(b, i);
    };
  }

  private static float powerOfTwo(int biasedExponent) {
    return biasedExponent == 0xff ? Float.NaN : Math.scalb(1f, biasedExponent - 127);
  }

  /** Halves a value too large for a signed long, keeping the lost bit for the rounding. */
  private static float unsignedToFloat(long value) {
    return value >= 0 ? (float) value : 2 * (float) ((value >>> 1) | (value & 1));
  }
}
