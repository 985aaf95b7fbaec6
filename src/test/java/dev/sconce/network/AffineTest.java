package dev.sconce.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.weights.InMemory;
import dev.sconce.weights.Shape;
import dev.sconce.weights.Tensor;
import java.nio.FloatBuffer;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Numbers that come out even, so that every expected value can be checked by hand. */
class AffineTest {
  private static final Affine LINEAR =
      Affine.linear(new float[] {1, 2, 3, 4, 5, 6}, new float[] {10, 20});

  @Test
  void aNormalisationIsAFactorAndASummandForEachChannel() {
    Affine norm = BatchNorm.of(norm(), "bn");

    // scale = weight / sqrt(var + 1e-5), shift = bias - mean * scale
    assertThat(norm.isDiagonal()).isTrue();
    assertThat(floats(norm.weight())).containsExactly(3, -1);
    assertThat(floats(norm.bias())).containsExactly(-2, 7.5f);
    assertThat(norm.weight().shape()).containsExactly(2);
  }

  private static LayerWeights norm() {
    // Variances whose sum with 1e-5 is 4 and 1 once rounded to float.
    return new LayerWeights(
        InMemory.stateDict(
            "w.pth",
            Map.of(
                "bn.weight", vector(6, -1),
                "bn.bias", vector(1, 7),
                "bn.running_mean", vector(1, 0.5f),
                "bn.running_var", vector(4 - 1e-5f, 1 - 1e-5f))));
  }

  private static Tensor vector(float... values) {
    return InMemory.tensor(values, Shape.of(values.length));
  }

  @Test
  void aNormalisationBehindALinearScalesItsRowsAndItsBias() {
    Affine both = LINEAR.then(diagonal(new double[] {2, -1}, new double[] {0.5, 1}));

    assertThat(both.weight().shape()).containsExactly(2, 3);
    assertThat(floats(both.weight())).containsExactly(2, 4, 6, -4, -5, -6);
    assertThat(floats(both.bias())).containsExactly(20.5f, -19);
  }

  @Test
  void aNormalisationBeforeALinearScalesItsColumnsAndAddsToItsBias() {
    Affine both = diagonal(new double[] {1, 2, -1}, new double[] {1, 0, 3}).then(LINEAR);

    assertThat(floats(both.weight())).containsExactly(1, 4, -3, 4, 10, -6);
    assertThat(floats(both.bias())).containsExactly(10 + 1 + 9, 20 + 4 + 18);
  }

  @Test
  void twoNormalisationsInARowStayDiagonal() {
    Affine both =
        diagonal(new double[] {2, 3}, new double[] {1, 1})
            .then(diagonal(new double[] {10, 100}, new double[] {5, 6}));

    assertThat(both.isDiagonal()).isTrue();
    assertThat(both.factors()).containsExactly(20, 300);
    assertThat(both.summands()).containsExactly(15, 106);
  }

  private static Affine diagonal(double[] factors, double[] summands) {
    return Affine.diagonal(factors, summands);
  }

  private static float[] floats(Constant constant) {
    FloatBuffer values = ConstantTest.bytes(constant).asFloatBuffer();
    float[] floats = new float[values.remaining()];
    values.get(floats);
    return floats;
  }
}
