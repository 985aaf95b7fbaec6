package dev.sconce.network;

/** Which operators a written network uses; all of them answer alike. */
public enum OperatorSet {
  /** PyTorch's own, which every device has. */
  ATEN,
  /** oneDNN's fused ones: a convolution with its residual and its ReLU is one call. CPU only. */
  ONEDNN;

  /**
   * The method of a network with oneDNN's operators that answers as its first one does, and orders
   * its weights for pictures of that shape: once, while nobody else runs the module.
   */
  public static final String PACK = "pack";
}
