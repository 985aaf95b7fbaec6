package dev.sconce.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ServingException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The zip format's own tricks; the content is that of a golden file. */
class ZipFilesTest {
  private static final String WEIGHT = "archive/data/0";
  private static final int CUT_STEP = 7;

  private final Path folder;

  ZipFilesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void zip64IsRead() throws IOException {
    StateDict read = read(golden(e -> {}).zip64().build());

    assertThat(read.find("view").orElseThrow().toFloats()).containsExactly(3, 4, 5, 6);
  }

  @Test
  void anyOtherEntriesAreLeftAlone() throws IOException {
    byte[] zip =
        golden(e -> {})
            .stored("__MACOSX/archive/._data.pkl", new byte[3])
            .stored("x/", new byte[0])
            .build();

    assertThat(read(zip).tensors()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "flags|1|zip entry archive/data/0 is encrypted",
        "method|12|zip entry archive/data/0 uses compression 12",
        "size|99|zip entry archive/data/0 has 99 bytes, stored as 24",
        "storedSize|-1|zip entry archive/data/0 has 24 bytes, stored as -1",
        "bothSizes|4000000000|zip entry archive/data/0 overlaps what follows it",
        "bothSizes|12|storage 0: 12 bytes (expected: 24, for 6 elements of float32)",
        "header|0|zip entry archive/data/0 overlaps another",
        "headerBy|4|zip entry archive/data/0 has no local header at byte",
        "header|9000000000000000000|zip entry archive/data/0 begins at byte 9000000000000000000",
        "header|-1|zip entry archive/data/0 begins at byte -1"
      })
  void aDirectoryThatLiesIsRefused(String field, long value, String message) throws IOException {
    byte[] zip = golden(entry -> set(entry, field, value)).zip64().build();

    assertThatThrownBy(() -> read(zip)).hasMessageStartingWith("w.pth: " + message);
  }

  @Test
  void anEntryInsideAnotherIsRefused() throws IOException {
    byte[] inner = new ZipBuilder().stored("b", new byte[4]).build();
    ZipBuilder builder = new ZipBuilder().stored("a", inner).stored("b", new byte[4]);
    builder.last().header = 31;

    assertThatThrownBy(() -> read(builder.build()))
        .hasMessageStartingWith("w.pth: zip entry a overlaps what follows it");
  }

  @Test
  void anEntryThatOccursTwiceIsRefused() {
    byte[] zip =
        new ZipBuilder()
            .stored("a/data.pkl", new byte[1])
            .stored("a/data.pkl", new byte[1])
            .build();

    assertThatThrownBy(() -> read(zip))
        .hasMessageStartingWith("w.pth: zip entry a/data.pkl occurs twice");
  }

  @Test
  void twoPicklesAreOneTooMany() {
    byte[] zip =
        new ZipBuilder()
            .stored("a/data.pkl", new byte[1])
            .stored("b/data.pkl", new byte[1])
            .build();

    assertThatThrownBy(() -> read(zip))
        .hasMessageStartingWith("w.pth: zip file with 2 entries data.pkl");
  }

  @Test
  void aHundredThousandEntriesAreTooMany() {
    ZipBuilder builder = new ZipBuilder().zip64();
    for (int i = 0; i < 100_000; i++) {
      builder.stored("archive/data/" + i, new byte[0]);
    }

    assertThatThrownBy(() -> read(builder.build()))
        .hasMessage("w.pth: zip entries: 100000 (expected: 0 to 65536)");
  }

  @ParameterizedTest
  @CsvSource({"9, zip directory", "-5, zip entries: -5", "4294967296, zip entries: 4294967296"})
  void aCountThatLiesIsRefused(long count, String message) throws IOException {
    byte[] zip = golden(e -> {}).zip64().claimedCount(count).build();

    assertThatThrownBy(() -> read(zip)).hasMessageStartingWith("w.pth: " + message);
  }

  @Test
  void aBombIsRefusedBeforeItIsInflated() throws IOException {
    byte[] zip = golden(e -> {}).deflated("archive/data/9", new byte[0]).build();
    ZipBuilder bomb = new ZipBuilder().deflated("archive/data.pkl", new byte[100 << 20]);

    assertThat(read(zip).tensors()).isNotEmpty();
    assertThatThrownBy(() -> read(bomb.build()))
        .hasMessageMatching(
            "w.pth: zip entry data.pkl: deflated from 104857600 bytes \\(expected: <= \\d+, .*");
  }

  @ParameterizedTest
  @CsvSource({"10", "1048577"})
  void aBombThatClaimsToBeSmallIsStoppedAtItsClaim(long claimed) {
    ZipBuilder bomb = new ZipBuilder().deflated("archive/data.pkl", new byte[1 << 20]);
    bomb.last().size = claimed;

    assertThatThrownBy(() -> read(bomb.build()))
        .hasMessageStartingWith(
            "w.pth: zip entry data.pkl: does not decompress to " + claimed + " bytes");
  }

  @Test
  void damagedCompressionIsRefused() {
    byte[] zip = new ZipBuilder().deflated("archive/data.pkl", new byte[1000]).build();
    zip[30 + "archive/data.pkl".length()] = 7;

    assertThatThrownBy(() -> read(zip)).hasMessageContaining("w.pth: zip entry data.pkl: damaged");
  }

  @ParameterizedTest
  @CsvSource({
    "zip_protocol2.pth",
    "legacy_protocol2.pth",
    "legacy_protocol4.pth",
    "safetensors.safetensors",
    "deflated.pth"
  })
  void aFileCutShortAnywhereIsRefused(String name) throws IOException {
    byte[] whole = Files.readAllBytes(GoldenFiles.ROOT.resolve("good").resolve(name));
    for (int length = 0; length < whole.length; length += CUT_STEP) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> read(cut))
          .as("%d bytes", cut.length)
          .isInstanceOf(ServingException.class);
    }
    assertThatThrownBy(() -> read(Arrays.copyOf(whole, whole.length - 1)))
        .isInstanceOf(ServingException.class);
  }

  /** A small file by PyTorch's rules, its weight's directory entry changed by {@code change}. */
  private static ZipBuilder golden(Consumer<ZipBuilder.Entry> change) throws IOException {
    ZipBuilder builder = new ZipBuilder();
    for (Map.Entry<String, byte[]> entry : contents("two_views.pth").entrySet()) {
      builder.stored(entry.getKey(), entry.getValue());
      if (entry.getKey().equals(WEIGHT)) {
        change.accept(builder.last());
      }
    }
    return builder;
  }

  private static Map<String, byte[]> contents(String name) throws IOException {
    Map<String, byte[]> contents = new LinkedHashMap<>();
    byte[] bytes = Files.readAllBytes(GoldenFiles.ROOT.resolve("good").resolve(name));
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        contents.put(entry.getName(), zip.readAllBytes());
      }
    }
    return contents;
  }

  private static void set(ZipBuilder.Entry entry, String field, long value) {
    switch (field) {
      case "flags" -> entry.flags = (int) value;
      case "method" -> entry.method = (int) value;
      case "size" -> entry.size = value;
      case "storedSize" -> entry.storedSize = value;
      case "header" -> entry.header = value;
      case "headerBy" -> entry.header += value;
      default -> {
        entry.size = value;
        entry.storedSize = value;
      }
    }
  }

  private StateDict read(byte[] content) throws IOException {
    return StateDict.read(Files.write(folder.resolve("w.pth"), content));
  }
}
