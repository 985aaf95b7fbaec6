package dev.sconce.weights;

import dev.sconce.weights.ZipDirectory.Content;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decompresses entries of one zip file into memory, within {@link Limits#expandedBytes} for all of
 * them together. Memory grows with what comes out, not with what the directory claims.
 *
 * <p>Owned by the one thread that reads the file.
 */
final class ZipInflater {
  private static final int FIRST_BYTES = 1 << 16;

  private final WeightsFile file;
  private long bytesLeft;

  ZipInflater(WeightsFile file) {
    this.file = file;
    this.bytesLeft = Limits.expandedBytes(file.length());
  }

  /** The content of a deflated entry, which messages call {@code name}. */
  ByteBuffer inflate(String name, Content content) {
    long most = Math.min(bytesLeft, Limits.ARRAY - 1L);
    if (content.size() > most || content.storedSize() > Limits.ARRAY) {
      throw file.source()
          .fault(
              String.format(
                  "zip entry %s: deflated from %d bytes (expected: <= %d, or stored entries)",
                  Source.excerpt(name), content.size(), most));
    }
    bytesLeft -= content.size();
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(file.slice(content.offset(), content.storedSize()));
      return inflate(inflater, name, (int) content.size());
    } catch (DataFormatException e) {
      throw file.source().fault("zip entry " + name + ": damaged: " + e.getMessage(), e);
    } finally {
      inflater.end();
    }
  }

  private ByteBuffer inflate(Inflater inflater, String name, int size) throws DataFormatException {
    byte[] bytes = new byte[Math.min(size + 1, FIRST_BYTES)];
    int count = 0;
    while (!inflater.finished() && count <= size) {
      if (count == bytes.length) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(size + 1L, 2L * count));
      }
      int more = inflater.inflate(bytes, count, bytes.length - count);
      if (more == 0 && !inflater.finished()) {
        break;
      }
      count += more;
    }
    if (!inflater.finished() || count != size) {
      throw file.source()
          .fault(
              String.format(
                  "zip entry %s: does not decompress to %d bytes (expected: what its directory says)",
                  Source.excerpt(name), size));
    }
    return ByteBuffer.wrap(bytes).slice(0, size);
  }
}
