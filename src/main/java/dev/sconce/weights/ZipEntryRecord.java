package dev.sconce.weights;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What the directory of a zip file says of one entry, unchecked.
 *
 * <p>Layout: PKWARE's APPNOTE 6.3.10, sections 4.3.12 and 4.5.3.
 *
 * @param flags general purpose bits
 * @param method the compression
 * @param storedSize bytes of the content in the file
 * @param size bytes of the content once decompressed
 * @param header where the local header begins in the file
 */
record ZipEntryRecord(String name, int flags, int method, long storedSize, long size, long header) {
  private static final int SIGNATURE = 0x02014b50;
  private static final int ZIP64_FIELD = 1;
  private static final int FIELD_HEADER_SIZE = 4;
  private static final long IN_ZIP64_FIELD = 0xffffffffL;

  /** All entries of the directory that {@code end} tells of. */
  static List<ZipEntryRecord> all(WeightsFile file, ZipEndRecord end) {
    ByteInput directory =
        new ByteInput(
            file.source(), "zip directory", file.slice(end.directoryOffset(), end.directorySize()));
    List<ZipEntryRecord> entries = new ArrayList<>();
    for (int i = 0; i < end.entryCount(); i++) {
      entries.add(read(directory));
    }
    return entries;
  }

  private static ZipEntryRecord read(ByteInput in) {
    int position = in.position();
    if (in.int32() != SIGNATURE) {
      throw in.source().fault("zip directory: no entry at byte " + position + " (expected: one)");
    }
    in.skip(4);
    int flags = in.uint16();
    int method = in.uint16();
    in.skip(8);
    long storedSize = in.uint32();
    long size = in.uint32();
    int nameLength = in.uint16();
    int extraLength = in.uint16();
    int commentLength = in.uint16();
    in.skip(8);
    long header = in.uint32();
    String name = in.utf8(nameLength);
    ByteBuffer extra = in.bytes(extraLength);
    in.skip(commentLength);
    if (Math.max(Math.max(storedSize, size), header) == IN_ZIP64_FIELD) {
      // The field holds only what did not fit, in this order.
      ByteInput wide = zip64Field(in.source(), extra);
      size = size == IN_ZIP64_FIELD ? wide.int64() : size;
      storedSize = storedSize == IN_ZIP64_FIELD ? wide.int64() : storedSize;
      header = header == IN_ZIP64_FIELD ? wide.int64() : header;
    }
    return new ZipEntryRecord(name, flags, method, storedSize, size, header);
  }

  /** The content of the zip64 field among the extra fields. */
  private static ByteInput zip64Field(Source source, ByteBuffer extraFields) {
    ByteInput extra = new ByteInput(source, "zip64 field", extraFields);
    while (extra.remaining() >= FIELD_HEADER_SIZE) {
      int id = extra.uint16();
      ByteBuffer content = extra.bytes(extra.uint16());
      if (id == ZIP64_FIELD) {
        return new ByteInput(source, "zip64 field", content);
      }
    }
    return extra;
  }
}
