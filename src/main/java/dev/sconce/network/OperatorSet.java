package dev.sconce.network;

/** Which operators a written network uses; all of them answer alike. */
public enum OperatorSet {
  /** PyTorch's own, which every device has. */
  ATEN,
  /** oneDNN's fused ones: a convolution with its residual and its ReLU is one call. CPU only. */
  ONEDNN
}
