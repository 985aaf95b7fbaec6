package dev.sconce.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An archive of the store that came from elsewhere.
 *
 * <p>A mark beside it remembers that, across restarts and whatever it is registered as: of {@code
 * x.mar} the hidden file {@code .x.mar.downloaded}, with the URL and the archive's SHA-256. An
 * archive that somebody has put in its place since is their own.
 *
 * @param file the archive
 * @param from where it came from, as messages show it
 * @param size as it was when the mark was read
 * @param modified likewise
 */
public record Downloaded(Path file, String from, long size, FileTime modified) {
  private static final Logger log = LoggerFactory.getLogger(Downloaded.class);
  private static final String URL = "url=";
  private static final String SHA256 = "sha256=";

  /**
   * What the mark of an archive says; empty if it has none, or if the archive is another by now.
   */
  static Optional<Downloaded> of(Path file) throws IOException {
    Path mark = mark(file);
    if (!Files.exists(mark)) {
      return Optional.empty();
    }
    long size = Files.size(file);
    FileTime modified = Files.getLastModifiedTime(file);
    List<String> lines = Files.readAllLines(mark);
    Optional<String> sum = value(lines, SHA256);
    if (sum.isPresent() && !sum.get().equals(sha256(file))) {
      return Optional.empty();
    }
    // A mark that was damaged is still one.
    return Optional.of(new Downloaded(file, value(lines, URL).orElse("elsewhere"), size, modified));
  }

  private static Optional<String> value(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()))
        .findFirst();
  }

  /** Remembers of {@code file}, which need not be there yet, where it comes from. */
  static void mark(Path file, String from, byte[] sha256) throws IOException {
    Files.writeString(
        mark(file), URL + from + "\n" + SHA256 + HexFormat.of().formatHex(sha256) + "\n");
  }

  static void unmark(Path file) throws IOException {
    Files.deleteIfExists(mark(file));
  }

  private static Path mark(Path file) {
    return file.resolveSibling("." + file.getFileName() + ".downloaded");
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  private static String sha256(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = Files.newInputStream(file);
        OutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      in.transferTo(out);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Deletes the archive and its mark, unless it has been replaced since. */
  public void delete() {
    try {
      if (Files.exists(file)
          && Files.size(file) == size
          && Files.getLastModifiedTime(file).equals(modified)) {
        Files.delete(file);
        unmark(file);
        log.info("{}, downloaded from {}, is deleted from the model store", file, from);
      }
    } catch (IOException e) {
      log.warn("{}, downloaded from {}, cannot be deleted", file, from, e);
    }
  }
}
