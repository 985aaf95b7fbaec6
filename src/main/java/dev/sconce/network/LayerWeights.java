package dev.sconce.network;

import dev.sconce.weights.Shape;
import dev.sconce.weights.StateDict;
import dev.sconce.weights.Tensor;
import java.util.Set;

/**
 * A state dict as a network looks at it: by keys that are known to be there.
 *
 * @param all the state dict
 */
record LayerWeights(StateDict all) {
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

  /** The numbers in row-major order, in a new array. */
  float[] floats(String key) {
    return tensor(key).toFloats();
  }

  private Tensor tensor(String key) {
    return all.find(key).orElseThrow(() -> new IllegalArgumentException("no tensor " + key));
  }
}
