package dev.sconce.network;

import dev.sconce.network.ConvLayer.Norm;
import dev.sconce.weights.Shape;
import java.util.Map;
import java.util.Optional;

/**
 * fast.ai's {@code UnetBlock} ({@code fastai/vision/models/unet.py}): what comes up from below is
 * doubled in size and put beside what the encoder saw at that size; two convolutions judge both.
 *
 * @param up doubles the size
 * @param skipNorm the name of the BatchNorm on the encoder's features
 * @param skipChannels how many of these there are
 * @param first convolution
 * @param second convolution
 * @param attention after it, in one of the blocks of a network that has it
 */
record UnetBlock(
    Upsampling up,
    String skipNorm,
    long skipChannels,
    ConvLayer first,
    ConvLayer second,
    Optional<SelfAttention> attention) {

  /**
   * fast.ai's {@code PixelShuffle_ICNR}: a convolution to four times the channels, ReLU, and those
   * four spread over the pixels.
   *
   * @param layer a 1 x 1 convolution
   */
  record Upsampling(ConvLayer layer) {
    static Upsampling of(String name, long in, long out, Norm norm) {
      return new Upsampling(new ConvLayer(name + ".0", in, 4 * out, 1, norm));
    }

    String write(
        ScriptBuilder script, LayerWeights weights, String x, Precision precision, boolean blur) {
      Convolution convolution = layer.fold(weights, precision);
      String doubled = script.pixelShuffle(script.convolutionRelu(x, convolution));
      return blur ? script.blur(doubled) : doubled;
    }
  }

  /**
   * The block of that name, as fast.ai computes its channels.
   *
   * @param name of its keys, such as {@code layers.4}
   * @param in channels from below
   * @param skip channels from the encoder
   * @param last whether it is the network's last one, which halves its channels
   * @param mayAttend whether it is the one that has attention, in networks that have it
   */
  static UnetBlock of(
      LayerWeights weights,
      String name,
      long in,
      long skip,
      boolean last,
      boolean mayAttend,
      Norm norm) {
    long wide = in / 2 + skip;
    long out = last ? wide / 2 : wide;
    String attention = name + ".conv2." + norm.following();
    boolean attends = mayAttend && weights.contains(attention + ".gamma");
    return new UnetBlock(
        Upsampling.of(name + ".shuf", in, in / 2, norm),
        name + ".bn",
        skip,
        new ConvLayer(name + ".conv1", wide, out, 3, norm),
        new ConvLayer(name + ".conv2", out, out, 3, norm),
        attends ? Optional.of(new SelfAttention(attention, out)) : Optional.empty());
  }

  /** How many channels leave it. */
  long out() {
    return second.out();
  }

  /** Adds its keys. */
  void expect(Map<String, Shape> expected) {
    up.layer.expect(expected);
    BatchNorm.expect(expected, skipNorm, skipChannels);
    first.expect(expected);
    second.expect(expected);
    attention.ifPresent(layer -> layer.expect(expected));
  }

  /**
   * Writes its operators.
   *
   * @param below names a tensor [N, in, h, w]
   * @param skip names the encoder's features, [N, skip, H, W] with H about 2 h
   * @return names a tensor [N, out, H, W]
   */
  String write(
      ScriptBuilder script,
      LayerWeights weights,
      String below,
      String skip,
      Precision precision,
      boolean blur) {
    Constant.Type type = precision.type();
    String raised = up.write(script, weights, below, precision, blur);
    raised = script.resizeNearest(raised, skip);
    Affine norm = BatchNorm.of(weights, skipNorm);
    String beside =
        script.reluInPlace(
            script.scale(skip, norm.channelFactors(type), norm.channelSummands(type)));
    // fast.ai's ReLU is over both, but what was raised has gone through one before.
    String x = script.concatenate(raised, beside);
    x = script.convolutionRelu(x, first.fold(weights, precision));
    x = script.convolutionRelu(x, second.fold(weights, precision));
    return attention.isPresent() ? attention.get().write(script, weights, x, precision) : x;
  }
}
