package dev.sconce.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights of a module's convolutions as its attributes, and the method that puts them into the
 * order that oneDNN computes in.
 *
 * <p>That order depends on the sizes that a convolution meets, and oneDNN brings weights into it at
 * every call unless they are in it. So {@link OperatorSet#PACK} computes what the module's first
 * method does, and replaces each weight on the way.
 */
final class PackedWeights {
  private final StringBuilder method = new StringBuilder();
  private final Map<Constant, Integer> indexOf = new LinkedHashMap<>();

  /** A line of the first method, which the method that packs has, too. */
  void append(String line) {
    method.append(line);
  }

  /** What the weights of a convolution are called. */
  String name(Constant weight) {
    int index = indexOf.computeIfAbsent(weight, added -> indexOf.size());
    return "self." + ScriptArchive.ATTRIBUTE + index;
  }

  /**
   * Has a convolution's weights packed for the sizes of {@code x}; if several share them, the first
   * decides.
   */
  void pack(String x, Convolution convolution) {
    if (indexOf.containsKey(convolution.weight())) {
      return;
    }
    method.append(
        "    %1$s = ops.mkldnn._reorder_convolution_weight(%1$s, %2$s, %3$s, [1, 1], %4$d, torch.size(%5$s))\n"
            .formatted(
                name(convolution.weight()),
                ScriptBuilder.pair(convolution.padding()),
                ScriptBuilder.pair(convolution.stride()),
                convolution.groups(),
                x));
  }

  /** The weights, in the order of their names. */
  List<Constant> weights() {
    return List.copyOf(indexOf.keySet());
  }

  /** The attributes, as a class declares them; empty if there are none. */
  String declarations() {
    StringBuilder declarations = new StringBuilder();
    for (int i = 0; i < indexOf.size(); i++) {
      declarations.append("  ").append(ScriptArchive.ATTRIBUTE).append(i).append(" : Tensor\n");
    }
    return declarations.toString();
  }

  /** The method's text; empty if there is nothing to pack. */
  String method() {
    return indexOf.isEmpty() ? "" : method.toString();
  }
}
