package dev.sconce.archive;

import static dev.sconce.archive.Unpacking.SMALL;
import static dev.sconce.archive.Unpacking.noise;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileZipTest {
  private static final byte[] TEXT = "some text".getBytes(StandardCharsets.UTF_8);

  private final Unpacking unpacking;

  HostileZipTest(@TempDir Path directory) {
    this.unpacking = new Unpacking(directory);
  }

  @Test
  void storedDeflatedAndEmptyFilesUnpackToTheByte() throws IOException {
    byte[] large = noise(200_000);
    byte[] zip =
        new PackedZip()
            .file("deflated", large, entry -> {})
            .file("stored", large, entry -> entry.store(large))
            .file("empty", "")
            .bytes();

    Path target = unpacking.unpack(zip, ExtractionLimits.DEFAULT);

    assertThat(target.resolve("deflated")).hasBinaryContent(large);
    assertThat(target.resolve("stored")).hasBinaryContent(large);
    assertThat(target.resolve("empty")).isEmptyFile();
  }

  @Test
  void anEmptyZipFileUnpacksToNothing() throws IOException {
    assertThat(unpacking.files(new PackedZip().bytes())).isEmpty();
  }

  @Test
  void aNulInANameIsRefused() {
    byte[] zip = new PackedZip().file("a\0.txt", "evil").bytes();
    unpacking.assertRefused(zip, "x.mar: a?.txt: its name holds a control character");
  }

  @Test
  void aBackslashInTheNameOfADosArchiveIsRefusedThoughReadersTurnItIntoASlash() {
    byte[] zip = new PackedZip().file("sub\\a.txt", TEXT, entry -> entry.system = 0).bytes();
    unpacking.assertRefused(zip, "x.mar: sub/a.txt: its name holds a backslash");
  }

  @ParameterizedTest
  @ValueSource(ints = {0120777, 0060777, 0020777, 0010777, 0140777})
  void linksAndDevicesAreRefused(int mode) {
    byte[] zip = new PackedZip().file("l", TEXT, entry -> entry.mode = mode).bytes();
    unpacking.assertRefused(
        zip, "x.mar: l: a link or device (expected: files and directories only)");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 19})
  void aLinkIsRefusedWhateverSystemTheFileSaysItComesFrom(int system) {
    byte[] zip =
        new PackedZip()
            .file(
                "l",
                TEXT,
                entry -> {
                  entry.system = system;
                  entry.mode = 0120777;
                })
            .bytes();
    unpacking.assertRefused(zip, "x.mar: l: a link or device");
  }

  @Test
  void whatAHeaderSaysAboutSizesIsNotBelieved() {
    byte[] zip = new PackedZip().file("liar", noise(5000), entry -> entry.size = 10).bytes();
    unpacking.assertRefused(zip, SMALL, "x.mar: liar: larger than 1000 bytes");
    unpacking.assertRefused(zip, "x.mar: liar: damaged: its size or checksum does not match");
  }

  @Test
  void entriesThatShareAllTheirBytesAreRefused() {
    byte[] zip =
        new PackedZip().file("1", TEXT, e -> {}).file("2", TEXT, entry -> entry.offset = 0).bytes();
    unpacking.assertRefused(zip, "x.mar: 2: overlaps another entry");
  }

  @Test
  void anEntryWithinTheBytesOfAnotherIsRefused() {
    byte[] inner = new PackedZip().file("inner", TEXT, entry -> {}).bytes();
    int start = 30 + "outer".length();
    byte[] zip =
        new PackedZip()
            .file("outer", inner, entry -> entry.store(inner))
            .file("inner", TEXT, entry -> entry.offset = start)
            .bytes();
    unpacking.assertRefused(zip, "x.mar: inner: overlaps another entry");
  }

  @Test
  void encryptedEntriesAreRefused() {
    byte[] zip = new PackedZip().file("e", TEXT, entry -> entry.flags = 1).bytes();
    unpacking.assertRefused(zip, "x.mar: e: it is encrypted");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6, 9, 12, 14, 93, 95, 99})
  void unusualCompressionMethodsAreRefused(int method) {
    byte[] zip = new PackedZip().file("b", TEXT, entry -> entry.method = method).bytes();
    unpacking.assertRefused(
        zip, "x.mar: b: compression method " + method + " (expected: stored or deflated)");
  }

  @Test
  void damagedContentIsRefused() {
    byte[] damaged = "some tEXt".getBytes(StandardCharsets.UTF_8);
    byte[] zip = new PackedZip().file("w", TEXT, entry -> entry.store(damaged)).bytes();
    unpacking.assertRefused(zip, "x.mar: w: damaged: its size or checksum does not match");
  }

  @Test
  void aDirectoryTooLargeForTheMemoryIsRefusedBeforeItIsKept() {
    byte[] zip = new PackedZip().file("a".repeat(200), "").repeatDirectory(80_000).bytes();
    assertThat(zip).hasSizeGreaterThan(19_000_000);
    unpacking.assertRefused(
        zip, "x.mar: the archive is damaged or cannot be read: its directory is too large");
  }
}
