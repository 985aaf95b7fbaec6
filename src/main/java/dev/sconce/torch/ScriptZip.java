package dev.sconce.torch;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive as a zip file: its source texts, and copies of it with other texts.
 *
 * <p>Layout as {@code torch.jit.save} writes it: entries under one folder, {@code data.pkl} with
 * the module object, {@code code/__torch__/….py} with the text of its classes. The file is the
 * user's, so what it may cost is bounded.
 */
final class ScriptZip implements AutoCloseable {
  /** More source text than any module has. */
  private static final int MOST_TEXT_BYTES = 16 << 20;

  /** More entries than any module has; a large one has some thousand tensors. */
  private static final int MOST_ENTRIES = 1 << 16;

  private static final int MOST_NAME_BYTES = 4096;
  private static final int EXPANSION_FLOOR = 64 << 20;
  private static final int EXPANSION_FACTOR = 8;

  private final ZipFile zip;
  private final Path file;
  private int textLeft = MOST_TEXT_BYTES;

  /**
   * Opens it.
   *
   * @throws IOException if the file is no zip file or has too many entries
   */
  ScriptZip(Path file) throws IOException {
    this.file = file;
    this.zip = new ZipFile(file.toFile());
    if (zip.size() > MOST_ENTRIES) {
      zip.close();
      throw new IOException(zip.size() + " zip entries (expected: <= " + MOST_ENTRIES + ")");
    }
  }

  /** The names of the source texts, from the archive's folder on. */
  List<String> textNames() {
    return zip.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".py")).toList();
  }

  /** The source text of that name; empty if there is none. */
  Optional<String> text(String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      return Optional.empty();
    }
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(textLeft + 1);
      textLeft -= bytes.length;
      if (textLeft < 0) {
        throw new IOException("source text (expected: <= " + MOST_TEXT_BYTES + " bytes)");
      }
      return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    }
  }

  /** The folder that everything lies in, with a slash at its end. */
  String folder() throws IOException {
    return zip.stream()
        .map(ZipEntry::getName)
        .filter(name -> name.endsWith("/data.pkl") && name.indexOf('/') == name.lastIndexOf('/'))
        .map(name -> name.substring(0, name.indexOf('/') + 1))
        .findFirst()
        .orElseThrow(() -> new IOException("no data.pkl (expected: one)"));
  }

  /**
   * The class of the module object, as in {@code __torch__.Net}: the first thing in {@code
   * data.pkl} is its name, {@code c__torch__\nNet\n} after the protocol's two bytes.
   */
  String moduleClass() throws IOException {
    ZipEntry entry = zip.getEntry(folder() + "data.pkl");
    try (InputStream in = zip.getInputStream(entry)) {
      String start = new String(in.readNBytes(MOST_NAME_BYTES), StandardCharsets.ISO_8859_1);
      String[] names = start.split("\n", 3);
      if (names.length < 3 || !names[0].startsWith("\u0080\u0002c__torch__")) {
        throw new IOException("data.pkl does not begin with a class (expected: the module's)");
      }
      return names[0].substring(3) + "." + names[1];
    }
  }

  /**
   * Writes the archive again with other texts. What tells of places in the old ones is left out.
   *
   * @param texts the new texts by their names
   */
  void copyTo(Path copy, Map<String, String> texts) throws IOException {
    try (ZipOutputStream out =
        new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(copy), 1 << 16))) {
      out.setLevel(1);
      long left = EXPANSION_FLOOR + EXPANSION_FACTOR * Files.size(file);
      for (Iterator<? extends ZipEntry> all = zip.stream().iterator(); all.hasNext(); ) {
        ZipEntry entry = all.next();
        String name = entry.getName();
        if (entry.isDirectory() || name.endsWith(".debug_pkl")) {
          continue;
        }
        left -= Math.max(0, entry.getSize());
        if (left < 0) {
          throw new IOException("its entries are too large for a file of its size");
        }
        String text = texts.get(name);
        if (text == null) {
          copy(entry, out);
        } else {
          out.putNextEntry(new ZipEntry(name));
          out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        out.closeEntry();
      }
    }
  }

  /** Stored, so that libtorch reads it at once; a false size or sum fails here. */
  private void copy(ZipEntry entry, ZipOutputStream out) throws IOException {
    ZipEntry stored = new ZipEntry(entry.getName());
    stored.setMethod(ZipEntry.STORED);
    stored.setSize(entry.getSize());
    stored.setCrc(entry.getCrc());
    out.putNextEntry(stored);
    try (InputStream in = zip.getInputStream(entry)) {
      in.transferTo(out);
    }
  }

  /** The refusal of the file; to be thrown. */
  static ServingException refused(Path file, String reason, Throwable cause) {
    return new ServingException(
        ErrorCode.INVALID_MODEL,
        file.getFileName()
            + ": "
            + reason
            + " (expected: a TorchScript file, as torch.jit.save writes it)",
        cause);
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
