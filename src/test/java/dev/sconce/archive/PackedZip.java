package dev.sconce.archive;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** A zip file made by hand, field by field ({@code APPNOTE.TXT} 4.3), so that it can be wrong. */
final class PackedZip {
  private final ByteArrayOutputStream files = new ByteArrayOutputStream();
  private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
  private int entries;

  /** One entry's fields, right unless changed. */
  static final class Entry {
    byte[] name = {};
    int system = 3;
    int flags;
    int method = 8;
    int crc;
    byte[] packed = {};
    int packedSize;
    int size;
    int mode = 0100644;
    int offset;

    /** Makes this a stored entry with these bytes. */
    void store(byte[] content) {
      method = 0;
      packed = content;
      packedSize = content.length;
    }
  }

  PackedZip file(String name, String content) {
    return file(name, content.getBytes(StandardCharsets.UTF_8), entry -> {});
  }

  PackedZip file(String name, byte[] content, Consumer<Entry> change) {
    Entry entry = new Entry();
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.name = name.getBytes(StandardCharsets.UTF_8);
    entry.crc = (int) crc.getValue();
    entry.size = content.length;
    entry.packed = deflate(content);
    entry.packedSize = entry.packed.length;
    entry.offset = files.size();
    change.accept(entry);
    files.writeBytes(local(entry));
    files.writeBytes(entry.packed);
    directory.writeBytes(central(entry));
    entries++;
    return this;
  }

  /** Writes what the directory says of the last file again and again. */
  PackedZip repeatDirectory(int times) {
    byte[] once = directory.toByteArray();
    for (int i = 1; i < times; i++) {
      directory.writeBytes(once);
    }
    return this;
  }

  byte[] bytes() {
    byte[] end = new byte[22];
    littleEndian(end)
        .putInt(0x06054b50)
        .putInt(0)
        .putShort((short) entries)
        .putShort((short) entries)
        .putInt(directory.size())
        .putInt(files.size());
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(files.toByteArray());
    all.writeBytes(directory.toByteArray());
    all.writeBytes(end);
    return all.toByteArray();
  }

  private static byte[] local(Entry entry) {
    byte[] header = new byte[30 + entry.name.length];
    ByteBuffer fields = littleEndian(header).putInt(0x04034b50).putShort((short) 20);
    common(fields, entry);
    fields.position(30).put(entry.name);
    return header;
  }

  private static byte[] central(Entry entry) {
    byte[] header = new byte[46 + entry.name.length];
    ByteBuffer fields = littleEndian(header).putInt(0x02014b50);
    fields.putShort((short) (entry.system << 8 | 20)).putShort((short) 20);
    common(fields, entry);
    fields.putInt(38, entry.mode << 16).putInt(42, entry.offset).position(46).put(entry.name);
    return header;
  }

  private static void common(ByteBuffer fields, Entry entry) {
    fields.putShort((short) entry.flags).putShort((short) entry.method).putInt(0x21 << 16);
    fields.putInt(entry.crc).putInt(entry.packedSize).putInt(entry.size);
    fields.putShort((short) entry.name.length);
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] deflate(byte[] content) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    deflater.setInput(content);
    deflater.finish();
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    byte[] buffer = new byte[1 << 12];
    while (!deflater.finished()) {
      packed.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    return packed.toByteArray();
  }
}
