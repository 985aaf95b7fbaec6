package dev.sconce.weights;

import dev.sconce.weights.PickleValue.Items;
import dev.sconce.weights.Storage.Mapped;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A file as {@code torch.save} wrote it before PyTorch 1.6: five pickles (magic number, protocol,
 * platform, object, storage keys), then for each key its number of elements and their bytes.
 *
 * <p>Layout: {@code torch/serialization.py}, {@code _legacy_save}; elements are little-endian
 * whatever the platform, {@code torch/csrc/serialization.cpp}. Owned by the one thread that reads
 * the file.
 */
final class TorchLegacyFile implements TorchFile {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final long PROTOCOL = 1001;

  private final WeightsFile file;
  private final Map<String, Storage> storages = new HashMap<>();

  private TorchLegacyFile(WeightsFile file) {
    this.file = file;
  }

  /** Reads nothing yet. */
  static TorchLegacyFile open(WeightsFile file) {
    return new TorchLegacyFile(file);
  }

  @Override
  public Optional<String> type() {
    return PickleStart.name(pickles());
  }

  @Override
  public Object value(Globals globals) {
    ByteInput input = pickles();
    Unpickler.Result saved = Unpickler.read(input, globals);
    placeStorages(input, saved.storages());
    return saved.value();
  }

  @Override
  public StateDict load(Checkpoint checkpoint) {
    return new TensorLoader(file, this::storage, ByteOrder.LITTLE_ENDIAN).load(checkpoint);
  }

  /** Notes where the storages lie, whose keys come after the object, and they after these. */
  private void placeStorages(ByteInput input, Map<String, StorageRef> known) {
    if (!(read(input) instanceof Items keys)) {
      throw file.source().fault("has no list of storages (expected: one after the state dict)");
    }
    long position = input.position();
    for (Object key : keys.items()) {
      StorageRef ref = key instanceof String name ? known.get(name) : null;
      if (ref == null) {
        throw file.source().fault("lists a storage that no tensor uses (expected: its own)");
      }
      position = place(ref, position);
    }
  }

  /** The pickles from the object on, behind what every such file begins with. */
  private ByteInput pickles() {
    ByteInput input =
        new ByteInput(
            file.source(), "pickle", file.slice(0, Math.min(file.length(), Limits.PICKLE_BYTES)));
    if (!read(input).equals(MAGIC)) {
      throw file.source().fault("is a plain pickle (expected: a file that torch.save wrote)");
    }
    if (!read(input).equals(PROTOCOL)) {
      throw file.source().fault("has an unknown protocol (expected: " + PROTOCOL + ")");
    }
    Object unusedPlatform = read(input);
    return input;
  }

  /** What the next pickle holds, one of those that are the file format's own. */
  private static Object read(ByteInput input) {
    return Unpickler.read(input, new StateDictGlobals()).value();
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
