package dev.sconce.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The weights of a module's convolutions as its attributes, and the methods that put them into the
 * order that oneDNN computes in: {@link Methods#MEASURE}, {@link Methods#LAYOUTS} and {@link
 * Methods#PACK}.
 */
final class PackedWeights {
  private final StringBuilder measure = new StringBuilder();
  private final List<Convolution> convolutions = new ArrayList<>();
  private final Map<Constant, Integer> indexOf = new HashMap<>();

  /** A line of the first method, which the method that measures has, too. */
  void append(String line) {
    measure.append(line);
  }

  /** What the weights of a convolution are called; if several share them, the first is measured. */
  String name(Convolution convolution, String x) {
    int known = convolutions.size();
    int index = indexOf.computeIfAbsent(convolution.weight(), added -> known);
    if (index == known) {
      convolutions.add(convolution);
      measure.append("    %s = torch.size(%s)\n".formatted(size(index), x));
    }
    return weight(index);
  }

  private static String weight(int index) {
    return "self." + ScriptArchive.TENSOR + index;
  }

  private static String size(int index) {
    return "self." + ScriptArchive.SIZES + index;
  }

  /** The weights, in the order of their names. */
  List<Constant> weights() {
    return convolutions.stream().map(Convolution::weight).toList();
  }

  /** The attributes, as a class declares them; empty if there are none. */
  String declarations() {
    return ofEach(i -> "  %s%d : Tensor\n".formatted(ScriptArchive.TENSOR, i))
        + ofEach(i -> "  %s%d : List[int]\n".formatted(ScriptArchive.SIZES, i));
  }

  /** The methods' text; empty if there is nothing to pack. */
  String methods(String className) {
    return convolutions.isEmpty() ? "" : measure + layouts(className) + pack(className);
  }

  private String layouts(String className) {
    String all =
        IntStream.range(0, convolutions.size())
            .mapToObj(i -> "m" + i)
            .collect(Collectors.joining(", "));
    return "  def %s(self: __torch__.%s,\n    pictures: Tensor) -> List[Tensor]:\n"
            .formatted(Methods.LAYOUTS, className)
        + "    n = int(pictures)\n"
        + ofEach(
            i -> "    m%d = ops.mkldnn._get_mkldnn_serialized_md(%s)\n".formatted(i, reordered(i)))
        + "    return ["
        + all
        + "]\n";
  }

  private String pack(String className) {
    return "  def %s(self: __torch__.%s,\n    pictures: Tensor,\n    chosen: Tensor) -> Tensor:\n"
            .formatted(Methods.PACK, className)
        + "    n = int(pictures)\n"
        + ofEach(
            i ->
                """
                    if bool(torch.select(chosen, 0, %d)):
                      %s = %s
                    else:
                      pass
                """
                    .formatted(i, weight(i), reordered(i)))
        + "    return chosen\n";
  }

  /** The weights in the order for {@code n} pictures and the thread's number of threads. */
  private String reordered(int index) {
    Convolution convolution = convolutions.get(index);
    return "ops.mkldnn._reorder_convolution_weight(%s, %s, %s, [1, 1], %d, %s)"
        .formatted(
            weight(index),
            ScriptBuilder.pair(convolution.padding()),
            ScriptBuilder.pair(convolution.stride()),
            convolution.groups(),
            "[n, (%1$s)[1], (%1$s)[2], (%1$s)[3]]".formatted(size(index)));
  }

  private String ofEach(IntFunction<String> text) {
    return IntStream.range(0, convolutions.size()).mapToObj(text).collect(Collectors.joining());
  }
}
