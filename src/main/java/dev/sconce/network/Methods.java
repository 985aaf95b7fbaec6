package dev.sconce.network;

/**
 * What the methods of written networks are called; those that only one network has stand with it.
 * All but the first are those of {@link OperatorSet#ONEDNN}.
 */
public final class Methods {
  /** Answers: the first method of every network, whose class says what it takes and gives. */
  public static final String FORWARD = "forward";

  /** Answers as {@link #FORWARD} does, and remembers the sizes that each convolution met. */
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

  private Methods() {}
}
