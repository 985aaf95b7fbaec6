package dev.sconce.network;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import dev.sconce.weights.StateDict;
import java.util.Objects;

/**
 * Grad-CAM of a twin head without autograd, in double: pooled features {@code p} (maximum, then
 * average), {@code z = W4 (s2 p + b2)}, {@code y = relu(z)}, logits {@code W8 (s6 y + b6)}; the
 * gradient of logit k with respect to p is {@code s2 W4' ((z > 0) s6 W8[k])}, and since the spatial
 * mean of a maximum's gradient is a {@code 1 / (h w)}th of it, as an average's is, a channel's
 * weight is the sum of its two gradients over h w.
 */
final class ClosedForm {
  private static final double EPSILON = 1e-5;

  private final float[] w4;
  private final float[] w8;
  private final Norm norm2;
  private final Norm norm6;

  ClosedForm(StateDict head) {
    w4 = values(head, "4.weight");
    w8 = values(head, "8.weight");
    norm2 = new Norm(head, "2");
    norm6 = new Norm(head, "6");
  }

  /** A BatchNorm as a factor and a summand for each channel. */
  private static final class Norm {
    final double[] factor;
    final double[] summand;

    Norm(StateDict head, String name) {
      float[] gamma = values(head, name + ".weight");
      float[] beta = values(head, name + ".bias");
      float[] mean = values(head, name + ".running_mean");
      float[] variance = values(head, name + ".running_var");
      factor = new double[gamma.length];
      summand = new double[gamma.length];
      for (int i = 0; i < gamma.length; i++) {
        factor[i] = gamma[i] / Math.sqrt(variance[i] + EPSILON);
        summand[i] = beta[i] - mean[i] * factor[i];
      }
    }
  }

  private static float[] values(StateDict head, String key) {
    return Objects.requireNonNull(head.tensors().get(key)).toFloats();
  }

  /**
   * Fails unless each map is within 1e-4 of its largest value.
   *
   * @param features float32 [2 C, h, w], left channels first
   * @param maps float32 [2, h, w]
   */
  void assertMaps(NDArray features, NDArray maps) {
    float[] a = features.toFloatArray();
    int channels = (int) features.getShape().get(0);
    int area = a.length / channels;
    double[] weights = channelWeights(a, channels, area);
    float[] actual = maps.toFloatArray();
    for (int side = 0; side < 2; side++) {
      double[] expected = new double[area];
      double largest = 0;
      for (int cell = 0; cell < area; cell++) {
        for (int c = side * channels / 2; c < (side + 1) * channels / 2; c++) {
          expected[cell] += weights[c] * a[c * area + cell];
        }
        largest = Math.max(largest, Math.abs(expected[cell]));
      }
      for (int cell = 0; cell < area; cell++) {
        assertThat((double) actual[side * area + cell])
            .isBetween(expected[cell] - 1e-4 * largest, expected[cell] + 1e-4 * largest);
      }
    }
  }

  private double[] channelWeights(float[] a, int channels, int area) {
    double[] gradient = pooledGradient(pooled(a, channels, area));
    double[] weights = new double[channels];
    for (int c = 0; c < channels; c++) {
      weights[c] = (gradient[c] + gradient[channels + c]) / area;
    }
    return weights;
  }

  private static double[] pooled(float[] a, int channels, int area) {
    double[] pooled = new double[2 * channels];
    for (int c = 0; c < channels; c++) {
      pooled[c] = Double.NEGATIVE_INFINITY;
      for (int cell = 0; cell < area; cell++) {
        pooled[c] = Math.max(pooled[c], a[c * area + cell]);
        pooled[channels + c] += a[c * area + cell] / (double) area;
      }
    }
    return pooled;
  }

  private double[] pooledGradient(double[] p) {
    int hidden = norm6.factor.length;
    double[] z = new double[hidden];
    for (int j = 0; j < hidden; j++) {
      for (int i = 0; i < p.length; i++) {
        z[j] += w4[j * p.length + i] * (norm2.factor[i] * p[i] + norm2.summand[i]);
      }
    }
    int best = largestLogit(z);
    double[] gradient = new double[p.length];
    for (int i = 0; i < p.length; i++) {
      for (int j = 0; j < hidden; j++) {
        if (z[j] > 0) {
          gradient[i] += w4[j * p.length + i] * norm6.factor[j] * w8[best * hidden + j];
        }
      }
      gradient[i] *= norm2.factor[i];
    }
    return gradient;
  }

  private int largestLogit(double[] z) {
    int best = 0;
    double largest = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < w8.length / z.length; k++) {
      double logit = 0;
      for (int j = 0; j < z.length; j++) {
        logit += w8[k * z.length + j] * (norm6.factor[j] * Math.max(0, z[j]) + norm6.summand[j]);
      }
      if (logit > largest) {
        largest = logit;
        best = k;
      }
    }
    return best;
  }
}
