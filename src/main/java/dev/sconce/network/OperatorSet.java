package dev.sconce.network;

/**
 * Which operators a written network uses; all of them answer alike.
 *
 * <p>oneDNN brings the weights of a convolution into an order of its own at every call, unless they
 * are in it. Which order it is depends on the sizes that the convolution meets and on the number of
 * threads; weights in another order than a call wants take it ten times as long as weights in none.
 * So a network with oneDNN's operators has methods that tell the orders and bring weights into one:
 * {@link Methods#MEASURE}, {@link Methods#LAYOUTS} and {@link Methods#PACK}, to be called while
 * nobody else runs the module.
 */
public enum OperatorSet {
  /** PyTorch's own, which every device has. */
  ATEN,
  /** oneDNN's fused ones: a convolution with its residual and its ReLU is one call. CPU only. */
  ONEDNN
}
