package dev.sconce.network;

import dev.sconce.weights.Shape;
import java.util.Map;

/**
 * A family of classifiers with what one state dict's keys and shapes say of its member. Made from
 * any keys that the family recognises; only once all of {@link #expected} are known to be there may
 * the rest be asked.
 */
interface Architecture {
  /** The make, for people: {@code VGG-16 with BatchNorm}. */
  String make();

  /** Every key that such a network has, with its shape, in PyTorch's order. */
  Map<String, Shape> expected();

  /** The key of the layer whose first dimension is the number of classes. */
  String lastLayer();

  /**
   * Writes the network's operators.
   *
   * @param pictures names a tensor [N, 3, H, W] of the layers' precision, channels last
   * @return names the logits, float32 [N, classes]
   */
  String write(ScriptBuilder script, Layers layers, String pictures);
}
