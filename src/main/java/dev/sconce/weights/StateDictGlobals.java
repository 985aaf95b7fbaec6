package dev.sconce.weights;

import dev.sconce.weights.PickleValue.Call;
import dev.sconce.weights.PickleValue.Dict;
import dev.sconce.weights.PickleValue.Global;
import dev.sconce.weights.PickleValue.Instance;
import dev.sconce.weights.PickleValue.Items;
import dev.sconce.weights.PickleValue.NoTensor;
import dev.sconce.weights.PickleValue.Tuple;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The names that state dicts and training checkpoints ask for: what tensors are rebuilt with, and
 * plain data that stands beside the weights.
 *
 * <p>The tensors' part follows {@code torch/_weights_only_unpickler.py}, {@code
 * _get_allowed_globals}, and {@code torch/storage.py}, {@code _dtype_to_storage_type_map} and
 * {@code _new_dtypes}.
 */
final class StateDictGlobals implements Globals {

  /**
   * Classes and constants whose objects are read and dropped; {@code long}, {@code unicode} and
   * {@code xrange} are what protocol 2 calls {@code int}, {@code str} and {@code range}.
   */
  private static final List<String> OPAQUE =
      List.of(
          "_codecs.encode",
          "argparse.Namespace",
          "builtins.bytearray",
          "builtins.bytes",
          "builtins.complex",
          "builtins.dict",
          "builtins.float",
          "builtins.frozenset",
          "builtins.int",
          "builtins.list",
          "builtins.long",
          "builtins.range",
          "builtins.set",
          "builtins.slice",
          "builtins.str",
          "builtins.tuple",
          "builtins.unicode",
          "builtins.xrange",
          "collections.deque",
          "datetime.date",
          "datetime.datetime",
          "datetime.timedelta",
          "fastcore.foundation.L",
          "numpy._core.multiarray._reconstruct",
          "numpy._core.multiarray.scalar",
          "numpy._core.numeric._frombuffer",
          "numpy.core.multiarray._reconstruct",
          "numpy.core.multiarray.scalar",
          "numpy.core.numeric._frombuffer",
          "numpy.dtype",
          "numpy.ndarray",
          "pathlib.PosixPath",
          "pathlib.PurePosixPath",
          "pathlib.PureWindowsPath",
          "pathlib.WindowsPath",
          "torch.Tensor",
          "torch.device",
          "torch.nn.parameter.Buffer",
          "torch.nn.parameter.Parameter",
          "torch.per_channel_affine",
          "torch.per_channel_affine_float_qparams",
          "torch.per_tensor_affine",
          "torch.serialization._get_layout",
          "types.SimpleNamespace");

  /** Storage classes, without {@code Storage}, by the type they hold. */
  private static final Map<String, DType> STORAGES =
      Map.of(
          "Double", DType.FLOAT64,
          "Float", DType.FLOAT32,
          "Half", DType.FLOAT16,
          "BFloat16", DType.BFLOAT16,
          "Long", DType.INT64,
          "Int", DType.INT32,
          "Short", DType.INT16,
          "Char", DType.INT8,
          "Byte", DType.UINT8,
          "Bool", DType.BOOL);

  /** Storage classes of types without plain real numbers. */
  private static final Map<String, ElementType> UNSUPPORTED_STORAGES =
      Map.of(
          "ComplexDouble", ElementType.unsupported("complex128", 16),
          "ComplexFloat", ElementType.unsupported("complex64", 8),
          "QInt8", ElementType.unsupported("qint8", 1),
          "QInt32", ElementType.unsupported("qint32", 4),
          "QUInt8", ElementType.unsupported("quint8", 1),
          "QUInt4x2", ElementType.unsupported("quint4x2", 1),
          "QUInt2x4", ElementType.unsupported("quint2x4", 1));

  /** Element types without plain real numbers, by the bytes of one element. */
  private static final Map<String, Integer> UNSUPPORTED_DTYPES =
      Map.of(
          "complex32", 4,
          "complex64", 8,
          "complex128", 16,
          "bits8", 1,
          "bits16", 2,
          "bits1x8", 1,
          "bits2x4", 1,
          "bits4x2", 1);

  /** Functions that rebuild tensors without plain real numbers, by what these are. */
  private static final Map<String, String> UNSUPPORTED_TENSORS =
      Map.of(
          "_rebuild_qtensor", "a quantized tensor",
          "_rebuild_sparse_tensor", "a sparse tensor",
          "_rebuild_nested_tensor", "a nested tensor",
          "_rebuild_meta_tensor_no_storage", "a meta tensor, which has no values");

  private static final Map<String, PickleValue> ALLOWED = allowedGlobals();

  @Override
  public Optional<PickleValue> find(String name) {
    return Optional.ofNullable(ALLOWED.get(name));
  }

  @Override
  public String allowed() {
    return "tensors in a state dict; allowed: collections.OrderedDict, the storages, dtypes and"
        + " _rebuild functions of torch, plain data of argparse, builtins, collections, datetime,"
        + " numpy and pathlib";
  }

  private static Map<String, PickleValue> allowedGlobals() {
    Map<String, PickleValue> allowed = new HashMap<>();
    for (String name : OPAQUE) {
      add(allowed, name, (pickle, arguments) -> new Instance(name));
    }
    for (String name : List.of("OrderedDict", "Counter", "defaultdict")) {
      add(allowed, "collections." + name, StateDictGlobals::dict);
    }
    addTypes(allowed);
    addTensors(allowed);
    return Map.copyOf(allowed);
  }

  private static void addTypes(Map<String, PickleValue> allowed) {
    for (DType dtype : DType.values()) {
      allowed.put("torch." + dtype, ElementType.of(dtype));
    }
    UNSUPPORTED_DTYPES.forEach(
        (name, size) -> allowed.put("torch." + name, ElementType.unsupported(name, size)));
    STORAGES.forEach(
        (name, dtype) -> allowed.put("torch." + name + "Storage", ElementType.of(dtype)));
    UNSUPPORTED_STORAGES.forEach((name, type) -> allowed.put("torch." + name + "Storage", type));
    allowed.put("torch.UntypedStorage", ElementType.of(DType.UINT8));
    allowed.put("torch.storage.UntypedStorage", ElementType.of(DType.UINT8));
  }

  private static void addTensors(Map<String, PickleValue> allowed) {
    String utils = "torch._utils.";
    add(allowed, utils + "_rebuild_tensor", RebuildCalls::tensor);
    add(allowed, utils + "_rebuild_tensor_v2", RebuildCalls::tensorV2);
    add(allowed, utils + "_rebuild_tensor_v3", RebuildCalls::tensorV3);
    add(allowed, utils + "_rebuild_parameter", RebuildCalls::parameter);
    add(allowed, utils + "_rebuild_parameter_with_state", RebuildCalls::parameter);
    add(allowed, "torch._tensor._rebuild_from_type_v2", RebuildCalls::fromType);
    add(allowed, "torch.Size", RebuildCalls::size);
    UNSUPPORTED_TENSORS.forEach(
        (name, what) -> add(allowed, utils + name, (pickle, arguments) -> new NoTensor(what)));
  }

  private static void add(Map<String, PickleValue> allowed, String name, Call call) {
    allowed.put(name, new Global(name, call));
  }

  /**
   * A new dictionary: of another one, of a list of pairs as Python 2 writes an {@code OrderedDict},
   * or empty. A default factory is ignored.
   */
  private static Object dict(Unpickler pickle, List<Object> arguments) {
    Dict dict = new Dict();
    for (Object argument : arguments) {
      if (argument instanceof Dict other) {
        pickle.charge(other.entries().size());
        other.entries().forEach(dict::put);
      } else if (argument instanceof Items pairs) {
        pickle.charge(pairs.items().size());
        pairs.items().forEach(pair -> putPair(pickle, dict, pair));
      }
    }
    return dict;
  }

  private static void putPair(Unpickler pickle, Dict dict, Object pair) {
    List<Object> keyAndValue =
        pair instanceof Items list
            ? list.items()
            : pair instanceof Tuple tuple ? tuple.items() : List.of();
    if (keyAndValue.size() != 2) {
      throw pickle.fault("a dict is made of what are no pairs (expected: keys and values)");
    }
    dict.put(keyAndValue.get(0), keyAndValue.get(1));
  }
}
