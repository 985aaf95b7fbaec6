package dev.sconce.network;

/** The number format a written network computes in. */
public enum Precision {
  /** 32-bit floating point, as the weights are. */
  FP32,
  /**
   * bfloat16 in the layers before the last ones: 8 bits of mantissa, sums in 32 bits. What turns
   * features into answers stays in 32 bits: a twin network's head, a segmenter's last convolution,
   * the Linear that gives a classifier's logits.
   */
  BF16;

  Constant.Type type() {
    return this == FP32 ? Constant.Type.FLOAT32 : Constant.Type.BFLOAT16;
  }
}
