package dev.sconce.weights;

import dev.sconce.weights.PickleValue.Dict;
import dev.sconce.weights.PickleValue.Global;
import dev.sconce.weights.PickleValue.NoTensor;
import dev.sconce.weights.PickleValue.Tuple;
import java.util.List;

/**
 * What stands in for PyTorch's functions that rebuild a tensor. The arguments are those of {@code
 * torch/_utils.py} and {@code torch/_tensor.py}; gradients and hooks are ignored.
 */
final class RebuildCalls {
  private RebuildCalls() {}

  /** {@code _rebuild_tensor(storage, storage_offset, size, stride)}. */
  static Object tensor(Unpickler pickle, List<Object> arguments) {
    require(pickle, arguments, 4);
    StorageRef storage = storage(pickle, arguments);
    return tensor(pickle, storage.type(), storage, arguments);
  }

  /** The same with {@code requires_grad, backward_hooks, metadata=None}. */
  static Object tensorV2(Unpickler pickle, List<Object> arguments) {
    return isNegated(arguments, 6) ? negated() : tensor(pickle, arguments);
  }

  /** The same with {@code requires_grad, backward_hooks, dtype, metadata=None}. */
  static Object tensorV3(Unpickler pickle, List<Object> arguments) {
    require(pickle, arguments, 7);
    if (!(arguments.get(6) instanceof ElementType type)) {
      throw pickle.fault("_rebuild_tensor_v3 without an element type (expected: a dtype)");
    }
    return isNegated(arguments, 7)
        ? negated()
        : tensor(pickle, type, storage(pickle, arguments), arguments);
  }

  /** {@code _rebuild_parameter(data, ...)}: the tensor itself. */
  static Object parameter(Unpickler pickle, List<Object> arguments) {
    require(pickle, arguments, 1);
    return arguments.get(0);
  }

  /** {@code _rebuild_from_type_v2(function, type, arguments, state)}: what the function gives. */
  static Object fromType(Unpickler pickle, List<Object> arguments) {
    require(pickle, arguments, 3);
    boolean rebuilds =
        arguments.get(0) instanceof Global function
            && function.name().startsWith("torch._utils._rebuild");
    if (!rebuilds || !(arguments.get(2) instanceof Tuple inner)) {
      throw pickle.fault("_rebuild_from_type_v2 (expected: a _rebuild function and its arguments)");
    }
    return ((Global) arguments.get(0)).call().apply(pickle, inner.items());
  }

  /** {@code torch.Size(sizes)}: the sizes themselves. */
  static Object size(Unpickler pickle, List<Object> arguments) {
    require(pickle, arguments, 1);
    return arguments.get(0);
  }

  private static Object tensor(
      Unpickler pickle, ElementType type, StorageRef storage, List<Object> arguments) {
    return TensorRef.of(
        pickle, type, storage, arguments.get(1), arguments.get(2), arguments.get(3));
  }

  private static StorageRef storage(Unpickler pickle, List<Object> arguments) {
    if (arguments.get(0) instanceof StorageRef storage) {
      return storage;
    }
    throw pickle.fault("a tensor is rebuilt from what is no storage (expected: a storage)");
  }

  /** A tensor may be saved as "minus this storage"; only views of complex tensors are. */
  private static boolean isNegated(List<Object> arguments, int metadataIndex) {
    return arguments.size() > metadataIndex
        && arguments.get(metadataIndex) instanceof Dict metadata
        && Boolean.TRUE.equals(metadata.entries().get("neg"));
  }

  private static NoTensor negated() {
    return new NoTensor("a lazily negated tensor");
  }

  private static void require(Unpickler pickle, List<Object> arguments, int count) {
    if (arguments.size() < count) {
      throw pickle.fault(
          "a tensor is rebuilt from " + arguments.size() + " arguments (expected: " + count + ")");
    }
  }
}
