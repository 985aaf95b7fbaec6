package dev.sconce.network;

/** The number format a written network computes in. */
public enum Precision {
  /** 32-bit floating point, as the weights are. */
  FP32,
  /**
   * bfloat16 in the convolutions: 8 bits of mantissa, sums in 32 bits. What turns features into
   * answers (a head, a segmenter's last convolution) stays in 32 bits.
   */
  BF16;

  Constant.Type type() {
    return this == FP32 ? Constant.Type.FLOAT32 : Constant.Type.BFLOAT16;
  }
}
