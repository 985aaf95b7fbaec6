package dev.sconce.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileTarTest {
  private final Unpacking unpacking;

  HostileTarTest(@TempDir Path directory) {
    this.unpacking = new Unpacking(directory);
  }

  @ParameterizedTest
  @ValueSource(
      bytes = {
        TarConstants.LF_SYMLINK,
        TarConstants.LF_LINK,
        TarConstants.LF_CHR,
        TarConstants.LF_BLK,
        TarConstants.LF_FIFO,
        'V'
      })
  void linksAndDevicesAreRefused(byte type) {
    byte[] tar =
        new PackedTarGz()
            .entry("l", type, new byte[0], entry -> entry.setLinkName("/etc/passwd"))
            .bytes();
    unpacking.assertRefused(
        tar, "x.mar: l: a link, device or sparse file (expected: files and directories only)");
  }

  @Test
  void sparseFilesAreRefused() {
    byte[] tar =
        new PackedTarGz().entry("s", TarConstants.LF_GNUTYPE_SPARSE, new byte[512]).bytes();
    unpacking.assertRefused(tar, "x.mar: s: a link, device or sparse file");
  }

  @Test
  void aTarFileInSeveralGzipPartsIsReadWhole() throws IOException {
    PackedTarGz first = new PackedTarGz().file("a", "a");
    PackedTarGz second = new PackedTarGz().file("b", "b");
    byte[] tar = PackedTarGz.gzip(first.blocks(), second.blocks(), new byte[1024]);
    assertThat(unpacking.files(tar)).containsOnlyKeys("a", "b");
  }

  @Test
  void damagedContentIsRefused() {
    byte[] tar = new PackedTarGz().file("w", "some text").bytes();
    tar[tar.length - 6] ^= 1;
    unpacking.assertRefused(tar, "x.mar: the archive is damaged or cannot be read: ");
  }

  @ParameterizedTest
  @ValueSource(
      bytes = {
        TarConstants.LF_GNUTYPE_LONGNAME,
        TarConstants.LF_GNUTYPE_LONGLINK,
        TarConstants.LF_PAX_EXTENDED_HEADER_LC,
        TarConstants.LF_PAX_GLOBAL_EXTENDED_HEADER
      })
  void anEntryWhoseDescriptionIsTooLargeIsRefusedBeforeItIsKept(byte type) {
    byte[] large = new byte[1 << 20];
    Arrays.fill(large, (byte) 'a');
    System.arraycopy("1048576 a=".getBytes(StandardCharsets.UTF_8), 0, large, 0, 10);
    large[large.length - 1] = '\n';
    byte[] tar = new PackedTarGz().entry("x", type, large).file("a", "a").bytes();
    unpacking.assertRefused(tar, "the description of an entry is too large");
  }

  @Test
  void aChainOfLongNamesIsRefused() {
    PackedTarGz tar = new PackedTarGz();
    for (int i = 0; i < 20_000; i++) {
      tar.entry("x", TarConstants.LF_GNUTYPE_LONGNAME, new byte[] {'a'});
    }
    unpacking.assertRefused(tar.bytes(), "the description of an entry is too large");
  }

  @Test
  void paddingBehindTheEndPassesAndMoreThanThatIsRefused() throws IOException {
    PackedTarGz tar = new PackedTarGz().file("a", "a");
    assertThat(unpacking.files(tar.bytesAnd(1 << 19))).containsOnlyKeys("a");
    unpacking.assertRefused(
        tar.bytesAnd(1 << 22), "x.mar: the archive is damaged or cannot be read: ");
  }
}
