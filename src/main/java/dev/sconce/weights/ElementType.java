package dev.sconce.weights;

import java.util.Optional;

/**
 * The element type of a storage or tensor as a pickle names it.
 *
 * @param name such as {@code complex64}
 * @param byteSize bytes of one element
 * @param dtype empty if its elements are not plain real numbers (complex, quantized, bit fields)
 */
record ElementType(String name, int byteSize, Optional<DType> dtype) implements PickleValue {
  static ElementType of(DType dtype) {
    return new ElementType(dtype.toString(), dtype.byteSize(), Optional.of(dtype));
  }

  static ElementType unsupported(String name, int byteSize) {
    return new ElementType(name, byteSize, Optional.empty());
  }
}
