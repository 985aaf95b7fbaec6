package dev.sconce.weights;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.zip.Deflater;

/** Writes zip files of any kind, also those that no honest tool would write. */
final class ZipBuilder {
  private static final int LOCAL_SIZE = 30;
  private static final int CENTRAL_SIZE = 46;

  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final List<Entry> entries = new ArrayList<>();
  private boolean zip64;
  private OptionalLong claimedCount = OptionalLong.empty();

  /** What the central directory says of an entry. */
  static final class Entry {
    final byte[] name;
    int flags;
    int method;
    long storedSize;
    long size;
    long header;

    Entry(String name) {
      this.name = name.getBytes(StandardCharsets.UTF_8);
    }
  }

  ZipBuilder stored(String name, byte[] content) {
    return add(name, 0, content, content.length);
  }

  ZipBuilder deflated(String name, byte[] content) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    deflater.setInput(content);
    deflater.finish();
    byte[] output = new byte[content.length + 64];
    int length = deflater.deflate(output);
    deflater.end();
    return add(name, 8, Arrays.copyOf(output, length), content.length);
  }

  /** The entry added last, to be lied about. */
  Entry last() {
    return entries.get(entries.size() - 1);
  }

  /** Writes all sizes and offsets of the directory as zip64 has them. */
  ZipBuilder zip64() {
    zip64 = true;
    return this;
  }

  ZipBuilder claimedCount(long count) {
    claimedCount = OptionalLong.of(count);
    return this;
  }

  private ZipBuilder add(String name, int method, byte[] stored, long size) {
    Entry entry = new Entry(name);
    entry.method = method;
    entry.storedSize = stored.length;
    entry.size = size;
    entry.header = body.size();
    entries.add(entry);
    byte[] local = new byte[LOCAL_SIZE + entry.name.length];
    littleEndian(local)
        .putInt(0, 0x04034b50)
        .putShort(26, (short) entry.name.length)
        .put(LOCAL_SIZE, entry.name);
    body.writeBytes(local);
    body.writeBytes(stored);
    return this;
  }

  byte[] build() {
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    zip.writeBytes(body.toByteArray());
    for (Entry entry : entries) {
      zip.writeBytes(central(entry));
    }
    int size = zip.size() - body.size();
    long count = claimedCount.orElse(entries.size());
    if (zip64) {
      byte[] wide = new byte[56 + 20];
      littleEndian(wide)
          .putInt(0, 0x06064b50)
          .putLong(32, count)
          .putLong(40, size)
          .putLong(48, body.size())
          .putInt(56, 0x07064b50)
          .putLong(64, zip.size());
      zip.writeBytes(wide);
    }
    byte[] end = new byte[22];
    littleEndian(end)
        .putInt(0, 0x06054b50)
        .putShort(10, (short) count)
        .putInt(12, zip64 ? -1 : size)
        .putInt(16, zip64 ? -1 : body.size());
    zip.writeBytes(end);
    return zip.toByteArray();
  }

  private byte[] central(Entry entry) {
    int extra = CENTRAL_SIZE + entry.name.length;
    byte[] bytes = new byte[extra + (zip64 ? 28 : 0)];
    ByteBuffer central = littleEndian(bytes);
    central
        .putInt(0, 0x02014b50)
        .putShort(8, (short) entry.flags)
        .putShort(10, (short) entry.method)
        .putInt(20, zip64 ? -1 : (int) entry.storedSize)
        .putInt(24, zip64 ? -1 : (int) entry.size)
        .putShort(28, (short) entry.name.length)
        .putShort(30, (short) (zip64 ? 28 : 0))
        .putInt(42, zip64 ? -1 : (int) entry.header)
        .put(CENTRAL_SIZE, entry.name);
    if (zip64) {
      central
          .putShort(extra, (short) 1)
          .putShort(extra + 2, (short) 24)
          .putLong(extra + 4, entry.size)
          .putLong(extra + 12, entry.storedSize)
          .putLong(extra + 20, entry.header);
    }
    return bytes;
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
