package dev.sconce.weights;

import dev.sconce.error.ServingException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a zip file holds, and at which byte each entry's content begins, which {@code
 * java.util.zip.ZipFile} does not tell and mapping needs.
 *
 * <p>Checksums are not compared, as PyTorch's reader does not either.
 */
final class ZipDirectory {
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int LOCAL_SIZE = 30;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;
  private static final int ENCRYPTED = 1;

  private final WeightsFile file;
  private final Map<String, ZipEntryRecord> entries = new LinkedHashMap<>();

  /** Where the local headers begin, and where the directory does. */
  private final NavigableSet<Long> starts = new TreeSet<>();

  /**
   * The content of an entry.
   *
   * @param offset where it begins in the file
   * @param storedSize its bytes in the file
   * @param size its bytes once decompressed, as the directory claims
   */
  record Content(boolean deflated, long offset, long storedSize, long size) {}

  private ZipDirectory(WeightsFile file) {
    this.file = file;
  }

  /** Reads the directory of {@code file}, whose entries must lie one after another. */
  static ZipDirectory of(WeightsFile file) {
    ZipEndRecord end = ZipEndRecord.of(file);
    ZipDirectory directory = new ZipDirectory(file);
    ZipEntryRecord.all(file, end).forEach(directory::add);
    directory.starts.add(end.directoryOffset());
    directory.entries.values().forEach(directory::content);
    return directory;
  }

  /** The names of all entries, in the directory's order. */
  Set<String> names() {
    return entries.keySet();
  }

  /** The content of the entry of that name; it is known to lie in the file. */
  Optional<Content> find(String name) {
    return Optional.ofNullable(entries.get(name)).map(this::content);
  }

  private void add(ZipEntryRecord entry) {
    if (entries.put(entry.name(), entry) != null) {
      throw fault(entry, "occurs twice (expected: once)");
    }
    if (!starts.add(entry.header())) {
      throw fault(entry, "overlaps another (expected: entries one after another)");
    }
  }

  private Content content(ZipEntryRecord entry) {
    ByteInput local = new ByteInput(file.source(), "zip entry", localHeader(entry));
    if (local.int32() != LOCAL_SIGNATURE) {
      throw fault(entry, "has no local header at byte " + entry.header() + " (expected: one)");
    }
    local.skip(22);
    long offset = entry.header() + LOCAL_SIZE + local.uint16() + local.uint16();
    Long next = starts.higher(entry.header());
    if (next == null || entry.storedSize() > next - offset) {
      throw fault(entry, "overlaps what follows it (expected: entries one after another)");
    }
    checkCoding(entry);
    return new Content(entry.method() == DEFLATED, offset, entry.storedSize(), entry.size());
  }

  private ByteBuffer localHeader(ZipEntryRecord entry) {
    if (entry.header() < 0 || entry.header() > file.length() - LOCAL_SIZE) {
      throw fault(entry, "begins at byte " + entry.header() + " (expected: inside the file)");
    }
    return file.slice(entry.header(), LOCAL_SIZE);
  }

  private void checkCoding(ZipEntryRecord entry) {
    if ((entry.flags() & ENCRYPTED) != 0) {
      throw fault(entry, "is encrypted (expected: not encrypted)");
    }
    if (entry.method() != STORED && entry.method() != DEFLATED) {
      throw fault(
          entry, "uses compression " + entry.method() + " (expected: 0, stored, or 8, deflated)");
    }
    boolean sized = entry.method() == DEFLATED || entry.size() == entry.storedSize();
    if (!sized || entry.size() < 0 || entry.storedSize() < 0) {
      throw fault(
          entry,
          String.format(
              "has %d bytes, stored as %d (expected: a stored entry's sizes to be equal)",
              entry.size(), entry.storedSize()));
    }
  }

  private ServingException fault(ZipEntryRecord entry, String message) {
    return file.source().fault("zip entry " + Source.excerpt(entry.name()) + " " + message);
  }
}
