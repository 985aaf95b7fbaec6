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
 *
 * <p>With oneDNN's operators the weights of convolutions, which are all in the first method, are
 * {@link PackedWeights}.
 */
final class ScriptBuilder {
  private static final String CLASS = "Network";

  /** An empty list of scalars and no algorithm, in the importer's words. */
  private static final String NO_SCALARS = "annotate(List[Optional[number]], []), None";

  /** The bounds of ReLU6, in the same words. */
  private static final String UP_TO_SIX = "annotate(List[Optional[number]], [0., 6.]), None";

  private final OperatorSet operators;
  private final StringBuilder methods = new StringBuilder();
  private final PackedWeights packed = new PackedWeights();
  private final Map<Constant, Integer> indexOf = new LinkedHashMap<>();
  private boolean inFirst;
  private int values;

  ScriptBuilder(OperatorSet operators) {
    this.operators = operators;
  }

  /** Begins a method; {@code parameters} and {@code result} as Python has them. */
  void method(String name, String parameters, String result) {
    inFirst = methods.isEmpty();
    methods.append(declaration(name, parameters, result));
    if (inFirst) {
      packed.append(declaration(Methods.MEASURE, parameters, result));
    }
  }

  private static String declaration(String name, String parameters, String result) {
    return "  def %s(self: __torch__.%s,\n    %s) -> %s:\n"
        .formatted(name, CLASS, parameters, result);
  }

  private void append(String lines) {
    methods.append(lines);
    if (inFirst) {
      packed.append(lines);
    }
  }

  /** Ends a method. */
  void returns(String expression) {
    append("    return " + expression + "\n");
  }

  /** Writes the module. */
  void write(Path file) throws IOException {
    List<Constant> constants = List.copyOf(indexOf.keySet());
    String source =
        "class "
            + CLASS
            + "(Module):\n  __parameters__ = []\n  __buffers__ = []\n"
            + "  training : bool\n"
            + packed.declarations()
            + methods
            + packed.methods(CLASS);
    ScriptArchive.write(file, CLASS, source, constants, packed.weights());
  }

  /** A name for the value of any expression. */
  String let(String expression) {
    String name = "v" + values++;
    append("    " + name + " = " + expression + "\n");
    return name;
  }

  /** The name of a tensor that the module carries; it is carried once, however often it is used. */
  private String constant(Constant constant) {
    int index = indexOf.computeIfAbsent(constant, added -> indexOf.size());
    return "CONSTANTS.c" + index;
  }

  /**
   * Pictures as convolutions take them: [N, 3, H, W] of the precision, channels last.
   *
   * @param pictures names a float32 tensor [N, H, W, 3]
   */
  String channelsFirst(String pictures, Precision precision) {
    // A view: [N, H, W, 3] in memory is channels last already.
    return fromFloat32(let("torch.permute(" + pictures + ", [0, 3, 1, 2])"), precision);
  }

  /** {@code x}, in 32 bits, of the precision. */
  String fromFloat32(String x, Precision precision) {
    return precision == Precision.BF16 ? let("torch.to(" + x + ", 15)") : x; // ScalarType::BFloat16
  }

  /** {@code x}, of the precision, in 32 bits. */
  String toFloat32(String x, Precision precision) {
    return precision == Precision.BF16 ? let("torch.to(" + x + ", 6)") : x; // ScalarType::Float
  }

  /** A convolution. */
  String convolution(String x, Convolution convolution) {
    return convolve(x, convolution, "none", NO_SCALARS);
  }

  /** A convolution, then ReLU. */
  String convolutionRelu(String x, Convolution convolution) {
    return operators == OperatorSet.ONEDNN
        ? convolve(x, convolution, "relu", NO_SCALARS)
        : let("torch.relu_(" + convolution(x, convolution) + ")");
  }

  /** A convolution, then ReLU6. */
  String convolutionRelu6(String x, Convolution convolution) {
    return operators == OperatorSet.ONEDNN
        ? convolve(x, convolution, "hardtanh", UP_TO_SIX)
        : let("torch.hardtanh_(" + convolution(x, convolution) + ", 0., 6.)");
  }

  /**
   * A convolution, plus {@code residual}.
   *
   * @param residual is overwritten, so no later operator may read it
   */
  String convolutionAdd(String x, Convolution convolution, String residual) {
    return operators == OperatorSet.ONEDNN
        ? convolveOnto(residual, x, convolution, "None")
        : let("torch.add_(%s, %s)".formatted(convolution(x, convolution), residual));
  }

  /**
   * A convolution, plus {@code residual}, then ReLU.
   *
   * @param residual is overwritten, so no later operator may read it
   */
  String convolutionAddRelu(String x, Convolution convolution, String residual) {
    if (operators == OperatorSet.ONEDNN) {
      return convolveOnto(residual, x, convolution, "\"relu\"");
    }
    return let("torch.relu_(" + convolutionAdd(x, convolution, residual) + ")");
  }

  private String convolveOnto(String residual, String x, Convolution convolution, String then) {
    return let(
        "ops.mkldnn._convolution_pointwise_(%s, %s, %s, \"add\", 1., %s, %s)"
            .formatted(residual, x, oneDnnArguments(x, convolution), then, NO_SCALARS));
  }

  private String convolve(String x, Convolution convolution, String then, String scalars) {
    if (operators == OperatorSet.ONEDNN) {
      return let(
          "ops.mkldnn._convolution_pointwise(%s, %s, \"%s\", %s)"
              .formatted(x, oneDnnArguments(x, convolution), then, scalars));
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
  private String oneDnnArguments(String x, Convolution convolution) {
    return "%s, %s, %s, %s, [1, 1], %d"
        .formatted(
            packed.name(convolution, x),
            constant(convolution.bias()),
            pair(convolution.padding()),
            pair(convolution.stride()),
            convolution.groups());
  }

  /** The largest value in each window. */
  String maxPool(String x, int kernel, int stride, int padding) {
    return maxPool(x, kernel, stride, padding, false);
  }

  /**
   * The largest value in each window, also in the ones that reach over the right and lower edge.
   */
  String maxPoolOverEdges(String x, int kernel, int stride) {
    return maxPool(x, kernel, stride, 0, true);
  }

  private String maxPool(String x, int kernel, int stride, int padding, boolean overEdges) {
    return let(
        "torch.max_pool2d(%s, %s, %s, %s, [1, 1], %s)"
            .formatted(x, pair(kernel), pair(stride), pair(padding), overEdges ? "True" : "False"));
  }

  /** The channels of {@code left}, then those of {@code right}. */
  String concatenate(String left, String right) {
    return let("torch.cat([" + left + ", " + right + "], 1)");
  }

  /** The mean of each window of {@code size} by {@code size}; windows do not overlap. */
  String averagePool(String x, int size) {
    return let(
        "torch.avg_pool2d(%s, %s, %s, [0, 0], False, True, None)"
            .formatted(x, pair(size), pair(size)));
  }

  /**
   * Means of {@code cells} by {@code cells} regions that cover the picture, flat: [N, C * cells²].
   */
  String flatMeans(String x, int cells) {
    String means = let("torch.adaptive_avg_pool2d(%s, %s)".formatted(x, pair(cells)));
    return let("torch.flatten(" + means + ", 1)");
  }

  /** The mean of each channel: [N, C]. */
  String flatMean(String x) {
    return flatMeans(x, 1);
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
    append(
        """
            if torch.ne(torch.slice(torch.size(%2$s), 2, None, 1), %3$s):
              %1$s = torch.upsample_nearest2d(%2$s, %3$s, None, None)
            else:
              %1$s = %2$s
        """
            .formatted(name, x, wanted));
    return name;
  }

  static String pair(int both) {
    return "[" + both + ", " + both + "]";
  }
}
