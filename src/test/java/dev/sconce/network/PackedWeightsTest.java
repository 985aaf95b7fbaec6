package dev.sconce.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.weights.Shape;
import org.junit.jupiter.api.Test;

class PackedWeightsTest {
  private final PackedWeights packed = new PackedWeights();

  private static Convolution convolution(int stride, int padding) {
    return Convolution.of(
        Shape.of(4, 4, 3, 3),
        () -> new float[4 * 4 * 9],
        () -> new float[4],
        Constant.Type.FLOAT32,
        stride,
        padding,
        1);
  }

  /** Weights in another order answer alike, only later, so that no answer shows it. */
  @Test
  void eachWeightIsOrderedForWhatItsOwnConvolutionMet() {
    assertThat(packed.name(convolution(1, 0), "v3")).isEqualTo("self.w0");
    assertThat(packed.name(convolution(2, 1), "v4")).isEqualTo("self.w1");
    String zero =
        "_reorder_convolution_weight(self.w0, [0, 0], [1, 1], [1, 1], 1,"
            + " [n, (self.s0)[1], (self.s0)[2], (self.s0)[3]])";
    String one =
        "_reorder_convolution_weight(self.w1, [1, 1], [2, 2], [1, 1], 1,"
            + " [n, (self.s1)[1], (self.s1)[2], (self.s1)[3]])";
    assertThat(packed.methods("Network"))
        .contains("self.s0 = torch.size(v3)", "self.s1 = torch.size(v4)")
        .contains("m0 = ops.mkldnn._get_mkldnn_serialized_md(ops.mkldnn." + zero)
        .contains("m1 = ops.mkldnn._get_mkldnn_serialized_md(ops.mkldnn." + one)
        .contains("(chosen, 0, 0)):\n      self.w0 = ops.mkldnn." + zero)
        .contains("(chosen, 0, 1)):\n      self.w1 = ops.mkldnn." + one);
  }

  @Test
  void aWeightThatSeveralConvolutionsShareIsMeasuredWhereItIsMetFirst() {
    Convolution shared = convolution(1, 0);
    assertThat(packed.name(shared, "v3")).isEqualTo("self.w0");
    assertThat(packed.name(shared, "v5")).isEqualTo("self.w0");
    assertThat(packed.weights()).containsExactly(shared.weight());
    assertThat(packed.methods("Network")).contains("torch.size(v3)").doesNotContain("v5");
  }
}
