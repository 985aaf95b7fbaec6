package dev.sconce.network;

/** The number format a written network computes in. */
public enum Precision {
  /** 32-bit floating point, as the weights are. */
  FP32,
  /**
   * bfloat16 in the layers before the last ones: 8 bits of mantissa, sums in 32 bits. A twin
   * network's head and the Linear that gives a classifier's logits stay in 32 bits.
   */
  BF16;

  Constant.Type type() {
    return this == FP32 ? Constant.Type.FLOAT32 : Constant.Type.BFLOAT16;
  }
}
