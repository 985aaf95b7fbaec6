package dev.sconce.network;

/**
 * Which operators a written network uses; all of them answer alike.
 *
 * <p>oneDNN brings the weights of a convolution into an order of its own at every call, unless they
 * are in it. Which order it is depends on the sizes that the convolution meets and on the number of
 * threads; weights in another order than a call wants take it ten times as long as weights in none.
 * So a network with oneDNN's operators has methods that tell the orders and bring weights into one,
 * to be called while nobody else runs the module.
 */
public enum OperatorSet {
  /** PyTorch's own, which every device has. */
  ATEN,
  /** oneDNN's fused ones: a convolution with its residual and its ReLU is one call. CPU only. */
  ONEDNN;

  /** Answers as the first method does, and remembers the sizes that each convolution met. */
  public static final String MEASURE = "measure";

  /**
   * The order that the weights of each convolution would be in. Takes int64 [1], how many pictures
   * are computed together; gives a uint8 tensor for each, which oneDNN alone can read: orders are
   * alike if these are equal. {@link #MEASURE} comes first.
   */
  public static final String LAYOUTS = "layouts";

  /**
   * Brings weights into the order that {@link #LAYOUTS} tells. Takes that number, too, and int64
   * [convolutions], not zero for those whose weights are meant; gives the latter back.
   */
  public static final String PACK = "pack";
}
