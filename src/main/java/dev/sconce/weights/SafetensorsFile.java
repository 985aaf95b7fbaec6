package dev.sconce.weights;

import dev.sconce.error.ServingException;
import dev.sconce.weights.SafetensorsHeader.Entry;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file: the length of a JSON header in eight bytes, the header, the tensors' bytes.
 *
 * <p>Layout and rules: safetensors' {@code README.md}, section "Format", and {@code
 * safetensors/src/tensor.rs}: the tensors cover the bytes without gap or overlap.
 */
final class SafetensorsFile {
  private SafetensorsFile() {}

  /** The state dict that {@code file}, of eight bytes at least, holds. */
  static StateDict read(WeightsFile file) {
    long headerLength = file.slice(0, Long.BYTES).getLong(0);
    long most = Math.min(file.length() - Long.BYTES, Limits.HEADER_BYTES);
    if (headerLength < 0 || headerLength > most) {
      throw file.source()
          .fault(
              String.format(
                  "safetensors header of %s bytes (expected: <= %d)",
                  Long.toUnsignedString(headerLength), most));
    }
    byte[] header = new byte[(int) headerLength];
    file.slice(Long.BYTES, headerLength).get(header);
    List<Entry> entries = SafetensorsHeader.read(file.source(), header);
    long dataOffset = Long.BYTES + headerLength;
    checkCover(file.source(), entries, file.length() - dataOffset);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Entry entry : entries) {
      tensors.put(
          entry.name(),
          Tensor.contiguous(
              entry.dtype(),
              entry.shape(),
              file.slice(dataOffset + entry.begin(), entry.end() - entry.begin())));
    }
    return new StateDict(file.source().fileName(), tensors, Map.of());
  }

  private static void checkCover(Source source, List<Entry> entries, long dataLength) {
    List<Entry> inOrder =
        entries.stream()
            .sorted(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))
            .toList();
    long position = 0;
    for (Entry entry : inOrder) {
      long bytes = TensorLoader.byteCount(source, entry.name(), entry.dtype(), entry.shape());
      if (entry.begin() != position || entry.end() < position || entry.end() - position != bytes) {
        throw misplaced(source, entry, position, position + bytes);
      }
      position = entry.end();
    }
    if (position != dataLength) {
      throw source.fault(
          "the tensors cover "
              + position
              + " bytes (expected: all "
              + dataLength
              + " of the file)");
    }
  }

  private static ServingException misplaced(Source source, Entry entry, long begin, long end) {
    return source.fault(
        String.format(
            "%s: %s of %s at bytes %d to %d (expected: %d to %d)",
            Source.excerpt(entry.name()),
            entry.shape(),
            entry.dtype(),
            entry.begin(),
            entry.end(),
            begin,
            end));
  }
}
