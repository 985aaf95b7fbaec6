package dev.sconce.network;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.weights.Shape;
import dev.sconce.weights.StateDict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The head of a twin network, as fast.ai's {@code create_head} makes it: pooling, flattening, then
 * BatchNorm, Dropout, Linear and ReLU in turn, in one {@code Sequential} whose indices are the keys
 * ({@code 2.weight}, {@code 4.weight}, …).
 *
 * <p>What has no keys is read off what has: the first width tells whether the pooling is the
 * concatenation of maximum and average or the average alone; where an index is left out after a
 * Linear, there a ReLU stands (a Dropout does nothing at inference, a Linear never follows a Linear
 * directly).
 */
final class TwinHead {
  private final LayerWeights weights;
  private final boolean concatPool;
  private final List<Layer> layers;

  /** A layer with keys. */
  private sealed interface Layer {
    /** The layer's place in the Sequential. */
    int index();

    /** How many numbers leave it. */
    long out();
  }

  private record Norm(int index, long out) implements Layer {}

  private record Linear(int index, long in, long out, boolean bias) implements Layer {}

  private TwinHead(LayerWeights weights, boolean concatPool, List<Layer> layers) {
    this.weights = weights;
    this.concatPool = concatPool;
    this.layers = layers;
  }

  /** Whether {@code weights} looks like such a head: numbered layers, a Linear, no convolution. */
  static boolean recognises(StateDict weights) {
    boolean numbered =
        weights.tensors().keySet().stream().allMatch(key -> key.matches("[0-9]{1,4}\\.[a-z_]+"));
    boolean flat =
        weights.tensors().values().stream().allMatch(tensor -> tensor.shape().rank() <= 2);
    return numbered && flat && hasLinear(weights);
  }

  private static boolean hasLinear(StateDict weights) {
    return weights.tensors().entrySet().stream()
        .anyMatch(e -> e.getKey().endsWith(".weight") && e.getValue().shape().rank() == 2);
  }

  /**
   * Infers the head.
   *
   * @param featureChannels how many channels the two encoders give together
   * @throws ServingException {@code INVALID_MODEL} if it is no such head or does not fit the
   *     encoder, naming every key and shape that does not fit
   */
  static TwinHead infer(StateDict weights, long featureChannels) {
    if (!recognises(weights)) {
      throw new ServingException(
          ErrorCode.INVALID_MODEL,
          weights.fileName()
              + ": not a head: expected BatchNorm and Linear layers of one Sequential, with keys"
              + " like 2.weight and 4.weight");
    }
    LayerWeights named = new LayerWeights(weights);
    List<Layer> layers = layers(named);
    long first = layers.get(0) instanceof Linear linear ? linear.in : layers.get(0).out();
    boolean concatPool = first != featureChannels;
    TwinHead head = new TwinHead(named, concatPool, layers);
    named.requireFit("the head", head.expected(concatPool ? 2 * featureChannels : featureChannels));
    return head;
  }

  private static List<Layer> layers(LayerWeights weights) {
    SortedSet<Integer> indices = new TreeSet<>();
    weights.keys().forEach(key -> indices.add(Integer.valueOf(key.substring(0, key.indexOf('.')))));
    List<Layer> layers = new ArrayList<>();
    for (int index : indices) {
      String name = index + ".weight";
      if (!weights.contains(name)) {
        continue; // KeyCheck reports what stands there as unexpected
      }
      Shape shape = weights.shape(name);
      if (shape.rank() == 2) {
        boolean bias = weights.contains(index + ".bias");
        layers.add(new Linear(index, shape.size(1), shape.size(0), bias));
      } else if (shape.rank() == 1) {
        layers.add(new Norm(index, shape.size(0)));
      }
    }
    return layers;
  }

  private Map<String, Shape> expected(long pooled) {
    Map<String, Shape> expected = new LinkedHashMap<>();
    long in = pooled;
    for (Layer layer : layers) {
      if (layer instanceof Linear linear) {
        expected.put(linear.index + ".weight", Shape.of(linear.out, in));
        if (linear.bias) {
          expected.put(linear.index + ".bias", Shape.of(linear.out));
        }
      } else {
        BatchNorm.expect(expected, "" + layer.index(), in);
      }
      in = layer instanceof Linear ? layer.out() : in;
    }
    return expected;
  }

  /** How many logits there are. */
  int classes() {
    return (int) layers.get(layers.size() - 1).out();
  }

  /** The widths, for people: {@code max and average pooling, 8192-512-2}. */
  String summary() {
    StringBuilder widths = new StringBuilder();
    for (Layer layer : layers) {
      if (layer instanceof Linear linear) {
        widths.append(widths.isEmpty() ? linear.in + "-" : "-").append(linear.out);
      }
    }
    return (concatPool ? "max and average pooling, " : "average pooling, ") + widths;
  }

  /**
   * The head's arithmetic, with every normalisation folded into a neighbour; made once a module.
   */
  Folded fold() {
    List<Step> steps = new ArrayList<>();
    @Nullable Affine pending = null;
    for (int i = 0; i < layers.size(); i++) {
      Affine next = affine(layers.get(i));
      if (pending != null && !pending.isDiagonal() && !next.isDiagonal()) {
        steps.add(Step.of(pending, false));
        pending = null;
      }
      pending = pending == null ? next : pending.then(next);
      if (reluFollows(i)) {
        steps.add(Step.of(pending, true));
        pending = null;
      }
    }
    if (pending != null) {
      steps.add(Step.of(pending, false));
    }
    return new Folded(concatPool, steps);
  }

  private Affine affine(Layer layer) {
    if (layer instanceof Linear linear) {
      float[] matrix = weights.floats(linear.index + ".weight");
      float[] bias =
          linear.bias ? weights.floats(linear.index + ".bias") : new float[(int) linear.out];
      return Affine.linear(matrix, bias);
    }
    return BatchNorm.of(weights, "" + layer.index());
  }

  /** The place after a Linear that has no keys, unless nothing with keys comes after it. */
  private boolean reluFollows(int at) {
    return layers.get(at) instanceof Linear linear
        && at + 1 < layers.size()
        && layers.get(at + 1).index() > linear.index + 1;
  }

  /** One matrix product, or a scaling of each column, then perhaps a ReLU. */
  private record Step(Constant weight, Constant bias, boolean scales, boolean relu) {
    static Step of(Affine affine, boolean relu) {
      return new Step(affine.weight(), affine.bias(), affine.isDiagonal(), relu);
    }

    String write(ScriptBuilder script, String x) {
      String y = scales ? script.scale(x, weight, bias) : script.linear(x, weight, bias);
      return relu ? script.let("torch.relu(" + y + ")") : y;
    }
  }

  /** The head as operators; used by every method of the module that needs it. */
  static final class Folded {
    private final boolean concatPool;
    private final List<Step> steps;

    private Folded(boolean concatPool, List<Step> steps) {
      this.concatPool = concatPool;
      this.steps = steps;
    }

    /**
     * Writes the head's operators.
     *
     * @param features names a float32 tensor [N, C, h, w]
     * @return names the logits, float32 [N, classes]
     */
    String write(ScriptBuilder script, String features) {
      String average = script.let("torch.adaptive_avg_pool2d(" + features + ", [1, 1])");
      String pooled = average;
      if (concatPool) {
        String max = script.let("(torch.adaptive_max_pool2d(" + features + ", [1, 1]))[0]");
        pooled = script.let("torch.cat([" + max + ", " + average + "], 1)");
      }
      String x = script.let("torch.flatten(" + pooled + ", 1)");
      for (Step step : steps) {
        x = step.write(script, x);
      }
      return x;
    }
  }
}
