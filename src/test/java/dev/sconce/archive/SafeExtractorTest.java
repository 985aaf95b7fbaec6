package dev.sconce.archive;

import static dev.sconce.archive.Unpacking.SMALL;
import static dev.sconce.archive.Unpacking.noise;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for zip files and tar files alike. */
class SafeExtractorTest {
  private final Path directory;
  private final Unpacking unpacking;

  SafeExtractorTest(@TempDir Path directory) {
    this.directory = directory;
    this.unpacking = new Unpacking(directory);
  }

  @Test
  void archivesUnpackToTheirFiles() throws IOException {
    byte[] zip =
        new PackedZip().file("a.txt", "a").file("sub/", "").file("sub/deep/b.txt", "b").bytes();
    byte[] tar =
        new PackedTarGz()
            .directory("./")
            .file("./a.txt", "a")
            .file("sub//deep/./b.txt", "b")
            .bytes();

    Map<String, String> files = Map.of("a.txt", "a", "sub/deep/b.txt", "b");
    assertThat(unpacking.files(zip)).isEqualTo(files);
    assertThat(unpacking.files(tar)).isEqualTo(files);
  }

  static Stream<Arguments> badNames() {
    return Stream.of(
        arguments("../evil.txt", "its name leads out of the archive"),
        arguments("sub/../../evil.txt", "its name leads out of the archive"),
        arguments("sub/..", "its name leads out of the archive"),
        arguments("..", "its name leads out of the archive"),
        arguments("../", "its name leads out of the archive"),
        arguments("/etc/evil.txt", "its name is absolute"),
        arguments("//host/evil.txt", "its name is absolute"),
        arguments("C:/evil.txt", "its name is absolute"),
        arguments("c:evil.txt", "its name is absolute"),
        arguments("..\\evil.txt", "its name holds a backslash"),
        arguments("sub\\evil.txt", "its name holds a backslash"),
        arguments("evil\n.txt", "its name holds a control character"),
        arguments("evil\u007f.txt", "its name holds a control character"),
        arguments("x".repeat(256), "a part of its name is longer than 255 bytes"),
        arguments("\u20ac".repeat(86), "a part of its name is longer than 255 bytes"),
        arguments("dir/".repeat(300) + "f", "its name is longer than 1024 characters"),
        arguments("d/".repeat(32) + "f", "it lies more than 32 directories deep"));
  }

  @ParameterizedTest
  @MethodSource("badNames")
  void namesThatLeadOutOrCannotBeStoredAreRefused(String name, String why) {
    byte[] zip = new PackedZip().file(name, "evil").bytes();
    byte[] tar = new PackedTarGz().file(name, "evil").bytes();
    for (byte[] archive : List.of(zip, tar)) {
      assertThatThrownBy(() -> unpacking.files(archive))
          .isInstanceOf(ServingException.class)
          .hasMessageStartingWith("x.mar: ")
          .hasMessageEndingWith(": " + why);
    }
    assertThat(directory.resolve("evil.txt")).doesNotExist();
  }

  @Test
  void twoEntriesOfOneNameAreRefused() {
    unpacking.assertRefused(
        new PackedZip().file("a", "1").file("a", "2").bytes(),
        "x.mar: a: another entry has the same name");
    unpacking.assertRefused(
        new PackedTarGz().file("a", "1").file("./a", "2").bytes(),
        "x.mar: ./a: another entry has the same name");
  }

  @Test
  void aFileWhereADirectoryIsNeededIsRefused() {
    unpacking.assertRefused(
        new PackedZip().file("a", "1").file("a/b", "2").bytes(),
        "x.mar: a/b: another entry has the same name");
    unpacking.assertRefused(
        new PackedTarGz().file("a/b", "1").file("a", "2").bytes(),
        "x.mar: a: another entry has the same name");
  }

  @Test
  void aFileWithoutANameIsRefused() {
    unpacking.assertRefused(new PackedZip().file(".", "1").bytes(), "x.mar: .: it has no name");
    unpacking.assertRefused(new PackedTarGz().file(".", "1").bytes(), "x.mar: .: it has no name");
  }

  @Test
  void anEntryPastTheCountIsRefusedDirectoriesIncluded() {
    PackedZip zip = new PackedZip();
    PackedTarGz tar = new PackedTarGz();
    for (int i = 0; i < 6; i++) {
      zip.file("d" + i + "/f", "");
      tar.file("d" + i + "/f", "");
    }
    String message = "x.mar: d5/f: more than 10 files and directories";
    unpacking.assertRefused(zip.bytes(), SMALL, message);
    unpacking.assertRefused(tar.bytes(), SMALL, message);
  }

  @Test
  void oneDirectoryNamedAgainAndAgainIsCounted() {
    PackedTarGz tar = new PackedTarGz();
    for (int i = 0; i < 11; i++) {
      tar.directory("./");
    }
    unpacking.assertRefused(tar.bytes(), SMALL, "x.mar: ./: more than 10 files and directories");
  }

  @Test
  void aFileLargerThanItsLimitIsRefused() {
    byte[] content = noise(1001);
    String message = "x.mar: big: larger than 1000 bytes";
    unpacking.assertRefused(
        new PackedZip().file("big", content, entry -> {}).bytes(), SMALL, message);
    unpacking.assertRefused(
        new PackedTarGz().entry("big", TarConstants.LF_NORMAL, content).bytes(), SMALL, message);
  }

  @Test
  void filesOfExactlyTheLimitsPass() throws IOException {
    byte[] content = noise(1000);
    PackedZip zip = new PackedZip().file("1", content, e -> {}).file("2", content, e -> {});
    assertThat(unpacking.unpack(zip.bytes(), SMALL).resolve("2")).hasBinaryContent(content);
  }

  @Test
  void anArchiveThatUnpacksToTooMuchIsRefused() {
    PackedZip zip = new PackedZip();
    PackedTarGz tar = new PackedTarGz();
    for (String name : List.of("1", "2", "3")) {
      zip.file(name, noise(900), entry -> {});
      tar.entry(name, TarConstants.LF_NORMAL, noise(900));
    }
    String message = "x.mar: 3: the archive unpacks to more than 2000 bytes";
    unpacking.assertRefused(zip.bytes(), SMALL, message);
    unpacking.assertRefused(tar.bytes(), SMALL, message);
  }

  @Test
  void anAbsurdCompressionRatioIsRefused() {
    ExtractionLimits limits = new ExtractionLimits(10, 1 << 24, 1 << 24, 20, 500);
    byte[] zeros = new byte[1 << 20];
    String message = "x.mar: z: the archive unpacks to more than 20 times its size";
    unpacking.assertRefused(new PackedZip().file("z", zeros, entry -> {}).bytes(), limits, message);
    unpacking.assertRefused(
        new PackedTarGz().entry("z", TarConstants.LF_NORMAL, zeros).bytes(), limits, message);
  }

  @Test
  void someMebibytesOfZerosPassTheDefaultLimits() throws IOException {
    byte[] zeros = new byte[1 << 22];
    byte[] zip = new PackedZip().file("z", zeros, entry -> {}).bytes();
    Path target = unpacking.unpack(zip, ExtractionLimits.DEFAULT);
    assertThat(target.resolve("z")).hasBinaryContent(zeros);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 30, 60, 100})
  void anArchiveCutShortIsRefused(int length) {
    byte[] zip = new PackedZip().file("some.txt", "some text").bytes();
    byte[] tar = new PackedTarGz().file("some.txt", "some text").bytes();
    unpacking.assertRefused(Arrays.copyOf(zip, length), "x.mar: ");
    unpacking.assertRefused(Arrays.copyOf(tar, length), "x.mar: ");
  }

  @Test
  void whatIsNoArchiveIsRefused() {
    unpacking.assertRefused(
        "#!/bin/sh\n".getBytes(StandardCharsets.UTF_8),
        "x.mar: not a model archive (expected: a zip file or a gzipped tar file)");
  }
}
