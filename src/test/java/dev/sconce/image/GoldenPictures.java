package dev.sconce.image;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Pictures and what Pillow and torchvision make of them, by {@code scripts/golden/pictures.py}. */
final class GoldenPictures {
  /** The limit that the script has set, too. */
  static final ImageDecoder DECODER = new ImageDecoder(1 << 20);

  private static final Path ROOT = Path.of("src/test/resources/image");

  private GoldenPictures() {}

  /** The lines of a table, split at tabs. */
  static List<String[]> table(String name) {
    try {
      return Files.readAllLines(ROOT.resolve(name)).stream().map(l -> l.split("\t")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The paths of all pictures. */
  static List<String> paths() {
    return table("pictures.tsv").stream().map(line -> line[0]).toList();
  }

  static byte[] bytes(String path) {
    try {
      return Files.readAllBytes(ROOT.resolve(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RgbImage decode(byte[] bytes) {
    return DECODER.decode(ByteBuffer.wrap(bytes));
  }

  static RgbImage decode(String path) {
    return decode(bytes(path));
  }

  static String sha(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** The digest of size and pixels that {@code damaged.tsv} has. */
  static String shortSha(RgbImage image) {
    byte[] size =
        "%d %d ".formatted(image.width(), image.height()).getBytes(StandardCharsets.US_ASCII);
    ByteBuffer all = ByteBuffer.allocate(size.length + image.pixels().length);
    return sha(all.put(size).put(image.pixels()).array()).substring(0, 16);
  }
}
