package dev.sconce.network;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the source of a TorchScript module, operator by operator.
 *
 * <p>Every operator becomes one line {@code v7 = …} and returns the name {@code v7}. The text is in
 * the form that {@code torch.jit.save} prints and libtorch's importer reads: each call in full,
 * with every argument.
 */
final class ScriptBuilder {
  private static final String CLASS = "Network";

  /** An empty list of scalars and no algorithm, in the importer's words. */
  private static final String NO_SCALARS = "annotate(List[Optional[number]], []), None";

  private final OperatorSet operators;
  private final StringBuilder methods = new StringBuilder();
  private final Map<Constant, Integer> indexOf = new LinkedHashMap<>();
  private int values;

  ScriptBuilder(OperatorSet operators) {
    this.operators = operators;
  }

  /** Begins a method; {@code parameters} and {@code result} as Python has them. */
  void method(String name, String parameters, String result) {
    methods.append(
        "  def %s(self: __torch__.%s,\n    %s) -> %s:\n"
            .formatted(name, CLASS, parameters, result));
  }

  /** Ends a method. */
  void returns(String expression) {
    methods.append("    return ").append(expression).append('\n');
  }

  /** Writes the module. */
  void write(Path file) throws IOException {
    List<Constant> constants = List.copyOf(indexOf.keySet());
    String source =
        "class "
            + CLASS
            + "(Module):\n  __parameters__ = []\n  __buffers__ = []\n"
            + "  training : bool\n"
            + methods;
    ScriptArchive.write(file, CLASS, source, constants);
  }

  /** A name for the value of any expression. */
  String let(String expression) {
    String name = "v" + values++;
    methods.append("    ").append(name).append(" = ").append(expression).append('\n');
    return name;
  }

  /** The name of a tensor that the module carries; it is carried once, however often it is used. */
  private String constant(Constant constant) {
    int index = indexOf.computeIfAbsent(constant, added -> indexOf.size());
    return "CONSTANTS.c" + index;
  }

  /** A convolution. */
  String convolution(String x, Convolution convolution) {
    return convolve(x, convolution, "none");
  }

  /** A convolution, then ReLU. */
  String convolutionRelu(String x, Convolution convolution) {
    return operators == OperatorSet.ONEDNN
        ? convolve(x, convolution, "relu")
        : let("torch.relu_(" + convolve(x, convolution, "none") + ")");
  }

  /**
   * A convolution, plus {@code residual}, then ReLU.
   *
   * @param residual is overwritten, so no later operator may read it
   */
  String convolutionAddRelu(String x, Convolution convolution, String residual) {
    if (operators == OperatorSet.ATEN) {
      String sum = let("torch.add_(%s, %s)".formatted(convolve(x, convolution, "none"), residual));
      return let("torch.relu_(" + sum + ")");
    }
    return let(
        "ops.mkldnn._convolution_pointwise_(%s, %s, %s, \"add\", 1., \"relu\", %s)"
            .formatted(residual, x, oneDnnArguments(convolution), NO_SCALARS));
  }

  private String convolve(String x, Convolution convolution, String then) {
    if (operators == OperatorSet.ONEDNN) {
      return let(
          "ops.mkldnn._convolution_pointwise(%s, %s, \"%s\", %s)"
              .formatted(x, oneDnnArguments(convolution), then, NO_SCALARS));
    }
    return let(
        "torch.conv2d(%s, %s, %s, %s, %s, [1, 1], %d)"
            .formatted(
                x,
                constant(convolution.weight()),
                constant(convolution.bias()),
                pair(convolution.stride()),
                pair(convolution.padding()),
                convolution.groups()));
  }

  /** weight, bias, padding, stride, dilation, groups: oneDNN's order. */
  private String oneDnnArguments(Convolution convolution) {
    return "%s, %s, %s, %s, [1, 1], %d"
        .formatted(
            constant(convolution.weight()),
            constant(convolution.bias()),
            pair(convolution.padding()),
            pair(convolution.stride()),
            convolution.groups());
  }

  /** The largest value in each window. */
  String maxPool(String x, int kernel, int stride, int padding) {
    return let(
        "torch.max_pool2d(%s, %s, %s, %s, [1, 1], False)"
            .formatted(x, pair(kernel), pair(stride), pair(padding)));
  }

  /**
   * {@code x} times the weight's transpose, plus the bias.
   *
   * @param x [items, in]
   * @param weight [out, in]
   * @param bias [out]
   */
  String linear(String x, Constant weight, Constant bias) {
    return let("torch.linear(%s, %s, %s)".formatted(x, constant(weight), constant(bias)));
  }

  /**
   * {@code x} times a factor, plus a summand, for each column; with constants of shape [channels,
   * 1, 1] for each channel.
   *
   * @param x [items, columns] or [items, channels, height, width]
   */
  String scale(String x, Constant factors, Constant summands) {
    return let("torch.addcmul(%s, %s, %s)".formatted(constant(summands), x, constant(factors)));
  }

  /**
   * {@code weight} times each item of {@code x}.
   *
   * @param weight [out, in]
   * @param x [items, in, columns]
   */
  String product(Constant weight, String x) {
    return let("torch.matmul(%s, %s)".formatted(constant(weight), x));
  }

  /** From the precision that a network computes in to float32. */
  String toFloat(String x, Precision precision) {
    return precision == Precision.FP32 ? x : let("torch.to(" + x + ", 6)"); // ScalarType::Float
  }

  /** From float32 to the precision that a network computes in. */
  String fromFloat(String x, Precision precision) {
    return precision == Precision.FP32 ? x : let("torch.to(" + x + ", 15)"); // BFloat16
  }

  /** ReLU of a tensor that no other operator reads. */
  String reluInPlace(String x) {
    return let("torch.relu_(" + x + ")");
  }

  /** Tensors one after the other along their channels. */
  String concatenate(String... tensors) {
    return let("torch.cat([" + String.join(", ", tensors) + "], 1)");
  }

  /** Twice the height and width with a quarter of the channels. */
  String pixelShuffle(String x) {
    return let("torch.pixel_shuffle(" + x + ", 2)");
  }

  /** Each pixel the average of itself and its neighbours above and to the left. */
  String blur(String x) {
    String padded = let("torch.replication_pad2d(" + x + ", [1, 0, 1, 0])");
    return let("torch.avg_pool2d(" + padded + ", [2, 2], [1, 1], [0, 0], False, True, None)");
  }

  /**
   * {@code x} in the height and width of {@code like}: itself if it has them, else each pixel from
   * the place {@code floor(index * old / new)}.
   */
  String resizeNearest(String x, String like) {
    String wanted = let("torch.slice(torch.size(" + like + "), 2, None, 1)");
    String name = "v" + values++;
    methods.append(
        """
            if torch.ne(torch.slice(torch.size(%2$s), 2, None, 1), %3$s):
              %1$s = torch.upsample_nearest2d(%2$s, %3$s, None, None)
            else:
              %1$s = %2$s
        """
            .formatted(name, x, wanted));
    return name;
  }

  private static String pair(int both) {
    return "[" + both + ", " + both + "]";
  }
}
