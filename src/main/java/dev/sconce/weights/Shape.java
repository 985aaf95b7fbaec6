package dev.sconce.weights;

import java.util.Arrays;
import java.util.List;

/**
 * The size of a tensor in each dimension, outermost first; without dimensions for a scalar.
 *
 * @param sizes none of them negative, their product less than 2^63
 */
public record Shape(List<Long> sizes) {

  /** Takes a copy of {@code sizes}. */
  public Shape {
    sizes = List.copyOf(sizes);
    if (sizes.stream().anyMatch(size -> size < 0)) {
      throw new IllegalArgumentException("shape: " + sizes + " (expected: sizes >= 0)");
    }
    long unused = product(sizes);
  }

  /** The shape with those sizes. */
  public static Shape of(long... sizes) {
    return new Shape(Arrays.stream(sizes).boxed().toList());
  }

  /** How many dimensions there are. */
  public int rank() {
    return sizes.size();
  }

  /** The size of dimension {@code dimension}, counted from 0. */
  public long size(int dimension) {
    return sizes.get(dimension);
  }

  /** The product of the sizes; 1 for a scalar. */
  public long elementCount() {
    return product(sizes);
  }

  /** As {@code torch.Size} shows itself within its parentheses: {@code [64, 3, 7, 7]}. */
  @Override
  public String toString() {
    return sizes.toString();
  }

  private static long product(List<Long> sizes) {
    if (sizes.contains(0L)) {
      return 0;
    }
    long product = 1;
    for (long size : sizes) {
      if (Math.multiplyHigh(product, size) != 0 || product * size < 0) {
        throw new IllegalArgumentException("shape: " + sizes + " (expected: < 2^63 elements)");
      }
      product *= size;
    }
    return product;
  }
}
