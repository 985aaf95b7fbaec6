package dev.sconce.archive;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Unpacks archives called {@code x.mar} below a directory. */
record Unpacking(Path directory) {
  /** 10 entries, 1,000 bytes a file, 2,000 in all, 20 to 1 after 500 bytes. */
  static final ExtractionLimits SMALL = new ExtractionLimits(10, 1000, 2000, 20, 500);

  /** Where it was unpacked to. */
  Path unpack(byte[] archive, ExtractionLimits limits) throws IOException {
    Path file = Files.write(directory.resolve("x.mar"), archive);
    Path target = Files.createTempDirectory(directory, "unpacked");
    try (HeldFile held = HeldFile.open(file)) {
      new SafeExtractor("x.mar", limits).extract(held, target);
    }
    return target;
  }

  /** The files in it, name to text. */
  Map<String, String> files(byte[] archive) throws IOException {
    return filesBelow(unpack(archive, ExtractionLimits.DEFAULT));
  }

  void assertRefused(byte[] archive, String message) {
    assertRefused(archive, ExtractionLimits.DEFAULT, message);
  }

  void assertRefused(byte[] archive, ExtractionLimits limits, String message) {
    assertThatThrownBy(() -> unpack(archive, limits))
        .isInstanceOf(ServingException.class)
        .hasMessageContaining(message)
        .hasFieldOrPropertyWithValue("code", ErrorCode.INVALID_MODEL);
  }

  /** All files below a directory, name to text. */
  static Map<String, String> filesBelow(Path directory) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(directory.relativize(file).toString(), Files.readString(file));
      }
    }
    return files;
  }

  /** Bytes that do not compress. */
  static byte[] noise(int length) {
    byte[] bytes = new byte[length];
    new Random(3).nextBytes(bytes);
    return bytes;
  }
}
