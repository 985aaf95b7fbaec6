package dev.sconce.weights;

import dev.sconce.weights.PickleValue.None;
import dev.sconce.weights.PickleValue.Tuple;
import java.util.List;

/**
 * A storage that a pickle refers to by its persistent id {@code ('storage', type, key, location,
 * elements)}, or in the legacy format {@code (..., elements, view)} with the view {@code None} or
 * {@code (key, offset, elements)}.
 *
 * <p>The tuples are those of {@code torch/serialization.py}, {@code _save} and {@code
 * _legacy_save}.
 *
 * @param key what the file knows the storage by
 * @param rootElements the elements of the storage in the file
 * @param offset where in it this storage begins, in elements; not 0 only for a view
 * @param elements how many elements this storage has
 */
record StorageRef(String key, ElementType type, long rootElements, long offset, long elements)
    implements PickleValue {

  /** Reads a persistent id. */
  static StorageRef of(Unpickler pickle, Object id) {
    List<Object> parts = id instanceof Tuple tuple ? tuple.items() : List.of();
    boolean legacy = parts.size() == 6;
    if (!(legacy || parts.size() == 5)
        || !parts.get(0).equals("storage")
        || !(parts.get(1) instanceof ElementType type)
        || !(parts.get(2) instanceof String key)) {
      throw pickle.fault(
          "a persistent id is no storage (expected: 'storage', type, key, location, elements)");
    }
    long elements = pickle.count("storage elements", parts.get(4));
    StorageRef root = new StorageRef(pickle.name(key), type, elements, 0, elements);
    return legacy && parts.get(5) != None.NONE ? root.view(pickle, parts.get(5)) : root;
  }

  private StorageRef view(Unpickler pickle, Object view) {
    List<Object> parts = view instanceof Tuple tuple ? tuple.items() : List.of();
    if (parts.size() != 3) {
      throw pickle.fault("a view of storage " + key + " (expected: key, offset, elements)");
    }
    long start = pickle.count("view offset", parts.get(1));
    long size = pickle.count("view elements", parts.get(2));
    if (start > rootElements - size) {
      throw pickle.fault(
          String.format(
              "a view of storage %s: %d elements from %d on (expected: inside its %d)",
              key, size, start, rootElements));
    }
    return new StorageRef(key, type, rootElements, start, size);
  }

  /** Bytes of the storage in the file. */
  long rootByteLength() {
    return rootElements * type.byteSize();
  }

  /** Where in the file's storage this one begins, in bytes. */
  long byteOffset() {
    return offset * type.byteSize();
  }

  /** Bytes of this storage. */
  long byteLength() {
    return elements * type.byteSize();
  }
}
