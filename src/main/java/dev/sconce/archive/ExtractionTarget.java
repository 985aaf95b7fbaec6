package dev.sconce.archive;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * The directory an archive is unpacked into, with the limits it has left. Belongs to the one thread
 * that unpacks.
 */
final class ExtractionTarget {
  private static final int BUFFER_BYTES = 1 << 16;

  private final String archive;
  private final Path top;
  private final ExtractionLimits limits;
  private final long archiveBytes;
  private final Set<Path> directories = new HashSet<>();
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int entries;
  private long unpackedBytes;

  /**
   * @param archive the archive's name, for messages
   * @param top an existing, empty, private directory
   * @param archiveBytes the size of the archive file
   */
  ExtractionTarget(String archive, Path top, ExtractionLimits limits, long archiveBytes) {
    this.archive = archive;
    this.top = top;
    this.limits = limits;
    this.archiveBytes = archiveBytes;
    directories.add(top);
  }

  /** What a copied file turned out to be. */
  record Copied(long bytes, long crc32) {}

  /** Makes the directory an entry names, and those above it. */
  void directory(String entry) {
    Path directory = path(entry);
    if (directories.contains(directory)) {
      count(entry);
    } else {
      makeDirectory(entry, directory);
    }
  }

  /**
   * Writes one file.
   *
   * @throws IOException if {@code content} cannot be read
   */
  Copied file(String entry, InputStream content) throws IOException {
    Path file = path(entry);
    if (file.equals(top)) {
      throw refused(entry, "it has no name");
    }
    makeDirectory(entry, parentOf(file));
    count(entry);
    try (OutputStream out = create(entry, file)) {
      return copy(entry, content, out);
    }
  }

  /** The refusal of one entry; to be thrown. */
  ServingException refused(String entry, String why) {
    return new ServingException(
        ErrorCode.INVALID_MODEL, archive + ": " + Shown.value(entry) + ": " + why);
  }

  private Path path(String entry) {
    EntryName.fault(entry)
        .ifPresent(
            why -> {
              throw refused(entry, why);
            });
    try {
      Path path = top.resolve(EntryName.normalise(entry)).normalize();
      if (path.startsWith(top)) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw refused(entry, "this locale cannot write its name (set LC_ALL=C.UTF-8)");
    }
    throw refused(entry, "its name leads out of the archive");
  }

  private void makeDirectory(String entry, Path directory) {
    if (!directories.add(directory)) {
      return;
    }
    count(entry);
    makeDirectory(entry, parentOf(directory));
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      throw duplicate(entry);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private void count(String entry) {
    if (++entries > limits.maxEntries()) {
      throw refused(entry, "more than " + limits.maxEntries() + " files and directories");
    }
  }

  /** Never replaces a file: that refuses names that are the same to this file system only, too. */
  private OutputStream create(String entry, Path file) {
    try {
      return Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw duplicate(entry);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private Copied copy(String entry, InputStream content, OutputStream out) throws IOException {
    CRC32 crc = new CRC32();
    long bytes = 0;
    int read;
    while ((read = content.read(buffer)) >= 0) {
      bytes += read;
      unpackedBytes += read;
      checkSize(entry, bytes);
      crc.update(buffer, 0, read);
      write(out, read);
    }
    return new Copied(bytes, crc.getValue());
  }

  private void checkSize(String entry, long bytes) {
    if (bytes > limits.maxFileBytes()) {
      throw refused(entry, "larger than " + limits.maxFileBytes() + " bytes");
    }
    if (unpackedBytes > limits.maxTotalBytes()) {
      throw refused(entry, "the archive unpacks to more than " + limits.maxTotalBytes() + " bytes");
    }
    long ratio = limits.maxCompressionRatio();
    if ((unpackedBytes - limits.freeBytes()) / ratio > archiveBytes) {
      throw refused(entry, "the archive unpacks to more than " + ratio + " times its size");
    }
  }

  private void write(OutputStream out, int length) {
    try {
      out.write(buffer, 0, length);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private ServingException duplicate(String entry) {
    return refused(entry, "another entry has the same name");
  }

  private ServingException unwritable(IOException e) {
    return new ServingException(
        ErrorCode.INTERNAL, archive + ": cannot be unpacked: " + Shown.reason(e), e);
  }

  private static Path parentOf(Path path) {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(path + " (expected: a path below a directory)");
    }
    return parent;
  }
}
