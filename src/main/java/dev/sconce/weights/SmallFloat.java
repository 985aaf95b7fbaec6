package dev.sconce.weights;

/**
 * The floating-point formats of 8 and 16 bits that Java has no type for. Each of their values is a
 * {@code float} exactly.
 *
 * <p>The formats are those of {@code c10/util/Half.h} and {@code c10/util/Float8_*.h} in PyTorch.
 */
enum SmallFloat {
  /** IEEE binary16. */
  FLOAT16(0x8000, 10, 15, 0x7c00, true, -0f),
  /** Like a small binary16. */
  FLOAT8_E5M2(0x80, 2, 15, 0x7c, true, -0f),
  /** One NaN, no infinity. */
  FLOAT8_E4M3FN(0x80, 3, 7, 0x7f, false, -0f),
  /** NaN in the place of negative zero, no infinity. */
  FLOAT8_E5M2FNUZ(0x80, 2, 16, 0x80, false, Float.NaN),
  /** NaN in the place of negative zero, no infinity. */
  FLOAT8_E4M3FNUZ(0x80, 3, 8, 0x80, false, Float.NaN);

  private static final int FLOAT_MANTISSA_BITS = 23;
  private static final int FLOAT_BIAS = 127;

  private final int signBit;
  private final int shift;
  private final float scale;

  /** The first magnitude that is no number, be it NaN or infinity. */
  private final int firstSpecial;

  private final float special;
  private final float negativeZero;

  SmallFloat(
      int signBit,
      int mantissaBits,
      int bias,
      int firstSpecial,
      boolean hasInfinity,
      float negativeZero) {
    this.signBit = signBit;
    this.shift = FLOAT_MANTISSA_BITS - mantissaBits;
    this.scale = Math.scalb(1f, FLOAT_BIAS - bias);
    this.firstSpecial = firstSpecial;
    this.special = hasInfinity ? Float.POSITIVE_INFINITY : Float.NaN;
    this.negativeZero = negativeZero;
  }

  /** The value with that bit pattern; higher bits are ignored. */
  float decode(int bits) {
    int magnitude = bits & (signBit - 1);
    float value = magnitude(magnitude);
    if ((bits & signBit) == 0) {
      return value;
    }
    return magnitude == 0 ? negativeZero : -value;
  }

  /**
   * The value without its sign. The bits are read with a float's exponent bias, where they may be
   * subnormal, and scaled by the difference of the biases; both steps are exact.
   */
  private float magnitude(int bits) {
    if (bits < firstSpecial) {
      return Float.intBitsToFloat(bits << shift) * scale;
    }
    return bits == firstSpecial ? special : Float.NaN;
  }
}
