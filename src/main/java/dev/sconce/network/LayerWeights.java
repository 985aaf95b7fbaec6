package dev.sconce.network;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.weights.KeyCheck;
import dev.sconce.weights.Shape;
import dev.sconce.weights.StateDict;
import dev.sconce.weights.Tensor;
import java.nio.FloatBuffer;
import java.util.Map;
import java.util.Set;

/**
 * A state dict as a network looks at it: by keys that are known to be there.
 *
 * @param all the state dict
 */
record LayerWeights(StateDict all) {
  /** How many numbers are looked at together: one by one they take several times as long. */
  private static final int PART = 1 << 14;

  Set<String> keys() {
    return all.tensors().keySet();
  }

  boolean contains(String key) {
    return all.tensors().containsKey(key);
  }

  Shape shape(String key) {
    return tensor(key).shape();
  }

  /** A dimension of a tensor; 0 if there is no such tensor or no such dimension. */
  long size(String key, int dimension) {
    return all.find(key)
        .map(Tensor::shape)
        .filter(shape -> dimension < shape.rank())
        .map(shape -> shape.size(dimension))
        .orElse(0L);
  }

  /**
   * The numbers in row-major order, in a new array.
   *
   * @throws ServingException {@code INVALID_MODEL} as {@link #view} does
   */
  float[] floats(String key) {
    FloatBuffer view = view(key);
    float[] values = new float[view.remaining()];
    view.get(values);
    return values;
  }

  /**
   * The numbers in row-major order, read-only, off the heap if the file holds them so.
   *
   * @throws ServingException {@code INVALID_MODEL} if one is not finite: PyTorch would carry it
   *     through to every answer, while oneDNN's fused ReLU hides it
   */
  FloatBuffer view(String key) {
    FloatBuffer view = tensor(key).floats();
    float[] part = new float[Math.min(PART, view.remaining())];
    for (int start = 0; start < view.remaining(); start += PART) {
      int count = Math.min(PART, view.remaining() - start);
      view.slice(start, count).get(part, 0, count);
      requireFinite(key, part, start, count);
    }
    return view;
  }

  private void requireFinite(String key, float[] part, int start, int count) {
    for (int i = 0; i < count; i++) {
      if (!Float.isFinite(part[i])) {
        throw refused(key, part[i] + " as element " + (start + i), "finite numbers");
      }
    }
  }

  ServingException refused(String key, String found, String expected) {
    return new ServingException(
        ErrorCode.INVALID_MODEL,
        "%s: %s: %s (expected: %s)".formatted(all.fileName(), key, found, expected));
  }

  /**
   * Checks that there is something in every tensor: a size beside a zero may be any number, and no
   * shape could be made of it.
   *
   * @throws ServingException {@code INVALID_MODEL} otherwise
   */
  void requireElements() {
    all.tensors()
        .forEach(
            (key, tensor) -> {
              if (tensor.elementCount() == 0) {
                throw refused(key, "shape " + tensor.shape(), "sizes >= 1");
              }
            });
  }

  /**
   * Checks that these are the weights of a network.
   *
   * @throws ServingException {@code INVALID_MODEL} as {@link KeyCheck#require} says it, or if a
   *     layer has no channels: that fits, but nothing can be computed with it
   */
  void requireFit(String network, Map<String, Shape> expected) {
    KeyCheck.require(all, network, expected);
    expected.forEach(
        (key, shape) -> {
          if (shape.elementCount() == 0) {
            throw refused(key, "shape " + shape, "sizes >= 1");
          }
        });
  }

  private Tensor tensor(String key) {
    return all.find(key).orElseThrow(() -> new IllegalArgumentException("no tensor " + key));
  }
}
