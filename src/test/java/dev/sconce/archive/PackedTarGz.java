package dev.sconce.archive;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipEncodingHelper;

/** A gzipped tar file made by hand, block by block, so that it can be wrong. */
final class PackedTarGz {
  private static final int BLOCK = 512;

  private final ByteArrayOutputStream blocks = new ByteArrayOutputStream();

  PackedTarGz file(String name, String content) {
    return entry(name, TarConstants.LF_NORMAL, content.getBytes(StandardCharsets.UTF_8));
  }

  PackedTarGz directory(String name) {
    return entry(name, TarConstants.LF_DIR, new byte[0]);
  }

  PackedTarGz entry(String name, byte type, byte[] content) {
    return entry(name, type, content, entry -> {});
  }

  PackedTarGz entry(String name, byte type, byte[] content, Consumer<TarArchiveEntry> change) {
    byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    if (nameBytes.length > TarConstants.NAMELEN) {
      entry("long name", TarConstants.LF_GNUTYPE_LONGNAME, nameBytes);
    }
    TarArchiveEntry entry = new TarArchiveEntry(name, type, true);
    entry.setSize(content.length);
    change.accept(entry);
    byte[] header = new byte[BLOCK];
    try {
      entry.writeEntryHeader(header, ZipEncodingHelper.getZipEncoding("UTF-8"), true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    blocks.writeBytes(header);
    blocks.writeBytes(Arrays.copyOf(content, (content.length + BLOCK - 1) / BLOCK * BLOCK));
    return this;
  }

  byte[] bytes() {
    return bytesAnd(0);
  }

  /** With zeros behind the end, as tapes have them. */
  byte[] bytesAnd(int zeros) {
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    tar.writeBytes(blocks());
    tar.writeBytes(new byte[2 * BLOCK + zeros]);
    return gzip(tar.toByteArray());
  }

  /** All blocks but the end, not gzipped. */
  byte[] blocks() {
    return blocks.toByteArray();
  }

  /** Each part gzipped on its own, one behind the other. */
  static byte[] gzip(byte[]... parts) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
        gzip.write(part);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return packed.toByteArray();
  }
}
