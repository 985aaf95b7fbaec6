package dev.sconce.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The record that ends a zip file and tells where its directory is.
 *
 * <p>Layout: PKWARE's APPNOTE 6.3.10, sections 4.3.14 to 4.3.16.
 *
 * @param directoryOffset where the directory begins in the file
 * @param directorySize its bytes
 * @param entryCount how many entries it lists
 */
record ZipEndRecord(long directoryOffset, int directorySize, int entryCount) {
  private static final int SIGNATURE = 0x06054b50;
  private static final int SIZE = 22;
  private static final int LONGEST_COMMENT = 0xffff;
  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int LOCATOR_SIZE = 20;
  private static final int SIGNATURE_64 = 0x06064b50;
  private static final int SIZE_64 = 56;
  private static final int COUNT_IN_64 = 0xffff;
  private static final long IN_64 = 0xffffffffL;

  /** Finds the end record of {@code file}, which nothing but its comment may follow. */
  static ZipEndRecord of(WeightsFile file) {
    int tailSize = (int) Math.min(file.length(), SIZE + LONGEST_COMMENT);
    ByteBuffer tail = file.slice(file.length() - tailSize, tailSize);
    for (int at = tailSize - SIZE; at >= 0; at--) {
      int commentLength = tail.getShort(at + SIZE - 2) & 0xffff;
      if (tail.getInt(at) == SIGNATURE && at + SIZE + commentLength == tailSize) {
        return read(file, file.length() - tailSize + at);
      }
    }
    throw file.source()
        .fault("zip file without an end record (expected: one; it may be cut short)");
  }

  private static ZipEndRecord read(WeightsFile file, long position) {
    ByteInput end = new ByteInput(file.source(), "zip end record", file.slice(position, SIZE));
    end.skip(10);
    int count = end.uint16();
    long size = end.uint32();
    long offset = end.uint32();
    boolean wide = count == COUNT_IN_64 || size == IN_64 || offset == IN_64;
    if (wide && hasLocator(file, position)) {
      return read64(file, position - LOCATOR_SIZE);
    }
    return checked(file, offset, size, count, position);
  }

  private static boolean hasLocator(WeightsFile file, long end) {
    return end >= LOCATOR_SIZE
        && file.slice(end - LOCATOR_SIZE, LOCATOR_SIZE).getInt(0) == LOCATOR_SIGNATURE;
  }

  private static ZipEndRecord read64(WeightsFile file, long locator) {
    long position = file.slice(locator, LOCATOR_SIZE).order(ByteOrder.LITTLE_ENDIAN).getLong(8);
    if (position < 0 || position > locator - SIZE_64) {
      throw file.source()
          .fault("zip64 end record at byte " + position + " (expected: in the file)");
    }
    ByteInput end = new ByteInput(file.source(), "zip64 end record", file.slice(position, SIZE_64));
    if (end.int32() != SIGNATURE_64) {
      throw file.source().fault("no zip64 end record at byte " + position + " (expected: one)");
    }
    end.skip(28);
    long count = end.int64();
    long size = end.int64();
    long offset = end.int64();
    return checked(file, offset, size, count, position);
  }

  private static ZipEndRecord checked(
      WeightsFile file, long offset, long size, long count, long end) {
    if (count < 0 || count > Limits.TENSORS) {
      throw file.source()
          .fault("zip entries: " + count + " (expected: 0 to " + Limits.TENSORS + ")");
    }
    if (size < 0 || size > Limits.DIRECTORY_BYTES || offset < 0 || offset > end - size) {
      throw file.source()
          .fault(
              String.format(
                  "zip directory of %d bytes at byte %d (expected: <= %d bytes, before byte %d)",
                  size, offset, Limits.DIRECTORY_BYTES, end));
    }
    return new ZipEndRecord(offset, (int) size, (int) count);
  }
}
