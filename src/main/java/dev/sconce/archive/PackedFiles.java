package dev.sconce.archive;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/**
 * The files of one archive, ready to be written: regular files only, no entries for directories,
 * the manifest last, as the original has it.
 *
 * @param modelName the top directory of a tar file
 * @param files name in the archive to file
 * @param manifest the manifest, as JSON
 */
record PackedFiles(String modelName, SortedMap<String, Path> files, String manifest) {
  private static final int REGULAR_FILE = 0100000;
  private static final int MANIFEST_MODE = 0644;

  /** Writes {@code target}, replacing a file; a directory's other files stay. */
  void write(ArchiveFormat format, Path target) throws IOException {
    if (format == ArchiveFormat.NO_ARCHIVE) {
      writeDirectory(target);
      return;
    }
    Path part = part(target);
    try {
      if (format == ArchiveFormat.TGZ) {
        writeTarGz(part);
      } else {
        writeZip(part, format == ArchiveFormat.ZIP_STORE);
      }
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Where a file or directory grows until it is complete: beside its place, and hidden. */
  private static Path part(Path target) {
    return target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
  }

  private void writeDirectory(Path target) throws IOException {
    if (Files.exists(target)) {
      copyInto(target);
      return;
    }
    Path part = part(target);
    try {
      copyInto(part);
      Files.move(part, target);
    } finally {
      TemporaryDirectory.delete(part);
    }
  }

  private void copyInto(Path directory) throws IOException {
    for (Map.Entry<String, Path> file : files.entrySet()) {
      Path copy = inDirectory(directory, file.getKey());
      if (!Files.exists(copy) || !Files.isSameFile(copy, file.getValue())) {
        Files.copy(file.getValue(), copy, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Files.writeString(inDirectory(directory, ManifestJson.FILE), manifest);
  }

  private static Path inDirectory(Path directory, String name) throws IOException {
    Path file = directory.resolve(name);
    Path parent = file.getParent();
    Files.createDirectories(parent == null ? directory : parent);
    return file;
  }

  private void writeZip(Path part, boolean stored) throws IOException {
    try (ZipArchiveOutputStream zip =
        new ZipArchiveOutputStream(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (Map.Entry<String, Path> file : files.entrySet()) {
        zip.putArchiveEntry(
            zipEntry(
                file.getKey(),
                stored,
                mode(file.getValue()),
                Files.getLastModifiedTime(file.getValue())));
        Files.copy(file.getValue(), zip);
        zip.closeArchiveEntry();
      }
      FileTime now = Files.getLastModifiedTime(part);
      zip.putArchiveEntry(zipEntry(ManifestJson.FILE, stored, MANIFEST_MODE, now));
      zip.write(manifestBytes());
      zip.closeArchiveEntry();
    }
  }

  private static ZipArchiveEntry zipEntry(String name, boolean stored, int mode, FileTime time) {
    ZipArchiveEntry entry = new ZipArchiveEntry(name);
    entry.setMethod(stored ? ZipArchiveEntry.STORED : ZipArchiveEntry.DEFLATED);
    entry.setUnixMode(REGULAR_FILE | mode);
    entry.setTime(time.toMillis());
    return entry;
  }

  private void writeTarGz(Path part) throws IOException {
    try (OutputStream out = Files.newOutputStream(part, StandardOpenOption.CREATE_NEW);
        TarArchiveOutputStream tar =
            new TarArchiveOutputStream(
                new BufferedOutputStream(new GZIPOutputStream(out, 1 << 16), 1 << 16), "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      tar.setAddPaxHeadersForNonAsciiNames(true);
      for (Map.Entry<String, Path> file : files.entrySet()) {
        TarArchiveEntry entry =
            tarEntry(file.getKey(), Files.size(file.getValue()), mode(file.getValue()));
        entry.setModTime(Files.getLastModifiedTime(file.getValue()));
        tar.putArchiveEntry(entry);
        Files.copy(file.getValue(), tar);
        tar.closeArchiveEntry();
      }
      byte[] bytes = manifestBytes();
      tar.putArchiveEntry(tarEntry(ManifestJson.FILE, bytes.length, MANIFEST_MODE));
      tar.write(bytes);
      tar.closeArchiveEntry();
    }
  }

  private TarArchiveEntry tarEntry(String name, long size, int mode) {
    TarArchiveEntry entry = new TarArchiveEntry(modelName + "/" + name);
    entry.setSize(size);
    entry.setMode(REGULAR_FILE | mode);
    entry.setUserName("");
    return entry;
  }

  private byte[] manifestBytes() {
    return manifest.getBytes(StandardCharsets.UTF_8);
  }

  /** The rights of a file as {@code chmod} counts them. */
  private static int mode(Path file) throws IOException {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return MANIFEST_MODE;
    }
    Set<PosixFilePermission> granted = Files.getPosixFilePermissions(file);
    int mode = 0;
    for (PosixFilePermission right : PosixFilePermission.values()) {
      mode = mode << 1 | (granted.contains(right) ? 1 : 0);
    }
    return mode;
  }
}
