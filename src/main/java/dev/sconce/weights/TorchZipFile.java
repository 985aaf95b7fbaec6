package dev.sconce.weights;

import dev.sconce.weights.Storage.Inflated;
import dev.sconce.weights.Storage.Mapped;
import dev.sconce.weights.ZipDirectory.Content;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A zip file that {@code torch.save} wrote: a folder of any name with {@code data.pkl} and one
 * entry {@code data/<key>} for each storage. Entries are stored, so that tensors can be mapped;
 * deflated ones, which other tools make, are read into memory.
 *
 * <p>Layout: {@code torch/serialization.py}, {@code _save}, and {@code
 * caffe2/serialize/inline_container.h}. Owned by the one thread that reads the file.
 */
final class TorchZipFile implements TorchFile {
  private static final String PICKLE = "data.pkl";

  private final WeightsFile file;
  private final ZipDirectory directory;
  private final ZipInflater inflater;

  /** The folder that holds everything, with its slash; empty if there is none. */
  private final String root;

  private final Map<String, Storage> storages = new HashMap<>();

  private TorchZipFile(WeightsFile file, ZipDirectory directory, String root) {
    this.file = file;
    this.directory = directory;
    this.inflater = new ZipInflater(file);
    this.root = root;
  }

  /** Reads the directory of {@code file}, which is a zip file. */
  static TorchZipFile open(WeightsFile file) {
    ZipDirectory directory = ZipDirectory.of(file);
    List<String> pickles =
        directory.names().stream()
            .filter(name -> name.equals(PICKLE) || name.endsWith("/" + PICKLE))
            .toList();
    if (pickles.size() != 1) {
      throw file.source()
          .fault(
              String.format(
                  "zip file with %d entries %s (expected: 1, as torch.save writes it)",
                  pickles.size(), PICKLE));
    }
    String pickle = pickles.get(0);
    return new TorchZipFile(
        file, directory, pickle.substring(0, pickle.length() - PICKLE.length()));
  }

  /** True if {@code torch.jit.save} wrote the file. */
  boolean isTorchScript() {
    return directory.find(root + "constants.pkl").isPresent();
  }

  @Override
  public StateDict load(Checkpoint checkpoint) {
    return new TensorLoader(file, this::storage, byteOrder()).load(checkpoint);
  }

  @Override
  public Optional<String> type() {
    return PickleStart.name(pickle());
  }

  /** What the file's pickle holds, be it TorchScript or not. */
  @Override
  public Object value(Globals globals) {
    return Unpickler.read(pickle(), globals).value();
  }

  private ByteInput pickle() {
    Storage pickle = entry(PICKLE);
    if (pickle.byteLength() > Limits.PICKLE_BYTES) {
      throw file.source()
          .fault(
              String.format(
                  "%s: %d bytes (expected: <= %d)",
                  PICKLE, pickle.byteLength(), Limits.PICKLE_BYTES));
    }
    ByteBuffer bytes = pickle.slice(0, pickle.byteLength());
    return new ByteInput(file.source(), PICKLE, bytes);
  }

  private ByteOrder byteOrder() {
    if (directory.find(root + "byteorder").isEmpty()) {
      return ByteOrder.LITTLE_ENDIAN;
    }
    Storage entry = entry("byteorder");
    ByteBuffer bytes = entry.slice(0, Math.min(entry.byteLength(), Limits.NAME_LENGTH));
    String name = StandardCharsets.US_ASCII.decode(bytes).toString();
    return switch (name) {
      case "little" -> ByteOrder.LITTLE_ENDIAN;
      case "big" -> ByteOrder.BIG_ENDIAN;
      default ->
          throw file.source()
              .fault("byteorder: " + Source.excerpt(name) + " (expected: little or big)");
    };
  }

  private Storage storage(StorageRef ref) {
    Storage storage = storages.computeIfAbsent("data/" + ref.key(), this::entry);
    if (storage.byteLength() < ref.rootByteLength()) {
      throw file.source()
          .fault(
              String.format(
                  "storage %s: %d bytes (expected: %d, for %d elements of %s)",
                  Source.excerpt(ref.key()),
                  storage.byteLength(),
                  ref.rootByteLength(),
                  ref.rootElements(),
                  ref.type().name()));
    }
    return storage;
  }

  private Storage entry(String name) {
    Content content =
        directory
            .find(root + name)
            .orElseThrow(
                () ->
                    file.source()
                        .fault("zip entry " + Source.excerpt(root + name) + " is missing"));
    return content.deflated()
        ? new Inflated(inflater.inflate(name, content))
        : new Mapped(file, content.offset(), content.size());
  }
}
