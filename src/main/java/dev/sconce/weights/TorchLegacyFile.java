package dev.sconce.weights;

import dev.sconce.weights.PickleValue.Items;
import dev.sconce.weights.Storage.Mapped;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * A file as {@code torch.save} wrote it before PyTorch 1.6: five pickles (magic number, protocol,
 * platform, object, storage keys), then for each key its number of elements and their bytes.
 *
 * <p>Layout: {@code torch/serialization.py}, {@code _legacy_save}; elements are little-endian
 * whatever the platform, {@code torch/csrc/serialization.cpp}. Owned by the one thread that reads
 * the file.
 */
final class TorchLegacyFile {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long PROTOCOL = 1001;

  private final WeightsFile file;
  private final Globals globals;
  private final ByteInput input;
  private final Map<String, Storage> storages = new HashMap<>();

  private TorchLegacyFile(WeightsFile file, Globals globals) {
    this.file = file;
    this.globals = globals;
    this.input =
        new ByteInput(
            file.source(), "pickle", file.slice(0, Math.min(file.length(), Limits.PICKLE_BYTES)));
  }

  /** The state dict that {@code file} holds. */
  static StateDict read(WeightsFile file) {
    return new TorchLegacyFile(file, new StateDictGlobals()).read();
  }

  /** What the pickle of {@code file} holds. */
  static Object value(WeightsFile file, Globals globals) {
    return new TorchLegacyFile(file, globals).saved().value();
  }

  private StateDict read() {
    Unpickler.Result saved = saved();
    if (!(next().value() instanceof Items keys)) {
      throw file.source().fault("has no list of storages (expected: one after the state dict)");
    }
    long position = input.position();
    for (Object key : keys.items()) {
      StorageRef ref = key instanceof String name ? saved.storages().get(name) : null;
      if (ref == null) {
        throw file.source().fault("lists a storage that no tensor uses (expected: its own)");
      }
      position = place(ref, position);
    }
    return new TensorLoader(file, this::storage, ByteOrder.LITTLE_ENDIAN)
        .load(Checkpoint.of(file.source(), saved.value()));
  }

  /** The object, behind what every such file begins with. */
  private Unpickler.Result saved() {
    if (!next().value().equals(MAGIC)) {
      throw file.source().fault("is a plain pickle (expected: a file that torch.save wrote)");
    }
    if (!next().value().equals(PROTOCOL)) {
      throw file.source().fault("has an unknown protocol (expected: " + PROTOCOL + ")");
    }
    Unpickler.Result unusedPlatform = next();
    return next();
  }

  private Unpickler.Result next() {
    return Unpickler.read(input, globals);
  }

  /** Notes where a storage lies whose number of elements is at {@code position}; gives its end. */
  private long place(StorageRef ref, long position) {
    long start = position + Long.BYTES;
    if (ref.rootByteLength() > file.length() - start) {
      throw file.source()
          .fault(
              String.format(
                  "storage %s: %d bytes at byte %d of %d (expected: inside the file; it may be cut"
                      + " short)",
                  Source.excerpt(ref.key()), ref.rootByteLength(), start, file.length()));
    }
    long elements = file.slice(position, Long.BYTES).getLong(0);
    if (elements != ref.rootElements()) {
      throw file.source()
          .fault(
              String.format(
                  "storage %s: %d elements (expected: %d)",
                  Source.excerpt(ref.key()), elements, ref.rootElements()));
    }
    storages.put(ref.key(), new Mapped(file, start, ref.rootByteLength()));
    return start + ref.rootByteLength();
  }

  private Storage storage(StorageRef ref) {
    Storage storage = storages.get(ref.key());
    if (storage == null || storage.byteLength() < ref.rootByteLength()) {
      throw file.source()
          .fault(
              String.format(
                  "storage %s is missing or short (expected: %d bytes)",
                  Source.excerpt(ref.key()), ref.rootByteLength()));
    }
    return storage;
  }
}
