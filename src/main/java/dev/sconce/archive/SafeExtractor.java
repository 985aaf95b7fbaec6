package dev.sconce.archive;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.archivers.zip.ZipMethod;

/**
 * Unpacks zip files and gzipped tar files that may be hostile: names that lead out of the
 * directory, links, devices, duplicates, bombs and damaged bytes are refused with {@code
 * INVALID_MODEL}. A refused archive may leave files behind; whoever made the directory removes it.
 *
 * <p>The kind of archive is told from its first bytes, because names do not tell it: a {@code
 * .model} was a zip file to TorchServe's predecessor and is a tar file to TorchServe ({@code
 * ModelArchive.java}).
 */
final class SafeExtractor {
  /** What a zip reader may read before the first file: all headers with names and extra fields. */
  private static final long ZIP_DIRECTORY_BYTES = 16 << 20;

  /** What may describe one tar entry: its header, long names and attributes. */
  private static final long TAR_HEADER_BYTES = 256 << 10;

  /** Blocks of zeros behind a tar file's end. */
  private static final long TAR_PADDING_BYTES = 1 << 20;

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int FILE_TYPE = 0xF000;
  private static final int REGULAR_FILE = 0x8000;
  private static final int DIRECTORY = 0x4000;

  private final String archive;
  private final ExtractionLimits limits;

  /**
   * @param archive the archive's name, for messages
   */
  SafeExtractor(String archive, ExtractionLimits limits) {
    this.archive = archive;
    this.limits = limits;
  }

  /** Unpacks {@code file} into {@code target}, an existing, empty, private directory. */
  void extract(HeldFile file, Path target) {
    try {
      byte[] magic = firstBytes(file);
      if (magic.length == 4 && magic[0] == 'P' && magic[1] == 'K') {
        extractZip(file, target);
      } else if (magic.length >= 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b) {
        extractTarGz(file, target);
      } else {
        throw refused("not a model archive (expected: a zip file or a gzipped tar file)");
      }
    } catch (ServingException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Readers of archives answer some damage with a RuntimeException.
      throw new ServingException(
          ErrorCode.INVALID_MODEL,
          archive + ": the archive is damaged or cannot be read: " + Shown.reason(e),
          e);
    }
  }

  private static byte[] firstBytes(HeldFile file) throws IOException {
    return Channels.newInputStream(file.reader()).readNBytes(4);
  }

  private void extractZip(HeldFile file, Path target) throws IOException {
    MeteredChannel channel = new MeteredChannel(file.reader(), ZIP_DIRECTORY_BYTES);
    try (channel;
        ZipFile zip = ZipFile.builder().setSeekableByteChannel(channel).get()) {
      channel.lift();
      List<ZipArchiveEntry> entries = Collections.list(zip.getEntries());
      checkNoOverlap(entries);
      ExtractionTarget to = new ExtractionTarget(archive, target, limits, channel.size());
      for (ZipArchiveEntry entry : entries) {
        extractEntry(zip, entry, to);
      }
    }
  }

  /**
   * No byte may belong to two entries: sharing one compressed block among thousands of entries is
   * the densest bomb there is (D. Fifield, "A better zip bomb").
   */
  private void checkNoOverlap(List<ZipArchiveEntry> entries) {
    List<ZipArchiveEntry> byOffset = new ArrayList<>(entries);
    byOffset.sort(Comparator.comparingLong(ZipArchiveEntry::getLocalHeaderOffset));
    long end = 0;
    for (ZipArchiveEntry entry : byOffset) {
      if (entry.getLocalHeaderOffset() < end) {
        throw refused(Shown.value(entry.getName()) + ": overlaps another entry");
      }
      end = entry.getDataOffset() + entry.getCompressedSize();
    }
  }

  private static void extractEntry(ZipFile zip, ZipArchiveEntry entry, ExtractionTarget to)
      throws IOException {
    String name = entry.getName();
    int type = (int) (entry.getExternalAttributes() >>> 16) & FILE_TYPE;
    if (type != 0 && type != REGULAR_FILE && type != DIRECTORY) {
      throw to.refused(name, "a link or device (expected: files and directories only)");
    }
    if (entry.getGeneralPurposeBit().usesEncryption()) {
      throw to.refused(name, "it is encrypted");
    }
    if (rawNameHasBackslash(entry)) {
      throw to.refused(name, "its name holds a backslash");
    }
    if (entry.isDirectory()) {
      to.directory(name);
    } else {
      extractFile(zip, entry, to);
    }
  }

  private static void extractFile(ZipFile zip, ZipArchiveEntry entry, ExtractionTarget to)
      throws IOException {
    String name = entry.getName();
    if (entry.getMethod() != ZipMethod.STORED.getCode()
        && entry.getMethod() != ZipMethod.DEFLATED.getCode()) {
      throw to.refused(
          name, "compression method " + entry.getMethod() + " (expected: stored or deflated)");
    }
    try (InputStream content = content(zip, entry)) {
      ExtractionTarget.Copied copied = to.file(name, content);
      if (copied.bytes() != entry.getSize() || copied.crc32() != entry.getCrc()) {
        throw to.refused(name, "damaged: its size or checksum does not match");
      }
    }
  }

  /** As {@link ZipFile#getInputStream}, whose small buffer takes three times as long. */
  private static InputStream content(ZipFile zip, ZipArchiveEntry entry) throws IOException {
    InputStream raw = zip.getRawInputStream(entry);
    if (entry.getMethod() == ZipMethod.STORED.getCode()) {
      return raw;
    }
    Inflater inflater = new Inflater(true);
    // Inflater's documentation asks for one more byte than there is.
    InputStream padded = new SequenceInputStream(raw, new ByteArrayInputStream(new byte[1]));
    return new InflaterInputStream(padded, inflater, BUFFER_BYTES) {
      @Override
      public void close() throws IOException {
        inflater.end();
        super.close();
      }
    };
  }

  /** The reader turns backslashes of DOS archives into slashes before anyone can see them. */
  private static boolean rawNameHasBackslash(ZipArchiveEntry entry) {
    byte[] raw = entry.getRawName();
    for (int i = 0; raw != null && i < raw.length; i++) {
      if (raw[i] == '\\') {
        return true;
      }
    }
    return false;
  }

  private void extractTarGz(HeldFile file, Path target) throws IOException {
    SeekableByteChannel channel = file.reader();
    ExtractionTarget to = new ExtractionTarget(archive, target, limits, channel.size());
    try (InputStream packed = Channels.newInputStream(channel);
        MeteredInput unpacked = new MeteredInput(new GZIPInputStream(packed, BUFFER_BYTES));
        TarArchiveInputStream tar = new TarArchiveInputStream(unpacked, "UTF-8")) {
      unpacked.allow(TAR_HEADER_BYTES);
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        unpacked.allow(Long.MAX_VALUE);
        extractEntry(tar, entry, to);
        unpacked.allow(TAR_HEADER_BYTES);
      }
      // The checksum stands at the end of the gzip stream.
      unpacked.allow(TAR_PADDING_BYTES);
      unpacked.transferTo(OutputStream.nullOutputStream());
    }
  }

  private static void extractEntry(
      TarArchiveInputStream tar, TarArchiveEntry entry, ExtractionTarget to) throws IOException {
    String name = entry.getName();
    if (entry.isDirectory()) {
      to.directory(name);
    } else if (isPlainFile(entry)) {
      to.file(name, tar);
    } else {
      throw to.refused(
          name, "a link, device or sparse file (expected: files and directories only)");
    }
  }

  private static boolean isPlainFile(TarArchiveEntry entry) {
    byte type = entry.getLinkFlag();
    return (type == TarConstants.LF_NORMAL
            || type == TarConstants.LF_OLDNORM
            || type == TarConstants.LF_CONTIG)
        && !entry.isSparse();
  }

  private ServingException refused(String what) {
    return new ServingException(ErrorCode.INVALID_MODEL, archive + ": " + what);
  }
}
