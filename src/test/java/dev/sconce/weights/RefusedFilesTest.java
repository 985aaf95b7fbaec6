package dev.sconce.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Hostile and useless files, and the sentence that each is answered with. */
class RefusedFilesTest {
  private static final long MUCH_MEMORY = 64L << 20;

  private final Path folder;

  RefusedFilesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /** File name and beginning of its message, separated by a tab. */
  static List<String> sentences() throws IOException {
    return Files.readAllLines(GoldenFiles.ROOT.resolve("refused.tsv"));
  }

  @ParameterizedTest
  @MethodSource("sentences")
  void theMessageNamesTheFileWhatIsWrongAndWhatWasExpected(String line) {
    String[] nameAndMessage = line.split("\t");
    Path file = GoldenFiles.ROOT.resolve("refused").resolve(nameAndMessage[0]);

    assertThatThrownBy(() -> StateDict.read(file))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
        .hasMessageStartingWith(nameAndMessage[0] + ": " + nameAndMessage[1]);
  }

  @Test
  void everyRefusedFileHasItsSentence() throws IOException {
    assertThat(sentences().stream().map(line -> line.split("\t")[0]))
        .containsExactlyInAnyOrderElementsOf(
            GoldenFiles.weights("refused").stream().map(f -> f.getFileName().toString()).toList());
  }

  @ParameterizedTest
  @MethodSource("sentences")
  void noMemoryIsTakenForWhatAFileMerelyClaims(String line) {
    Path file = GoldenFiles.ROOT.resolve("refused").resolve(line.split("\t")[0]);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    long before = threads.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> StateDict.read(file)).isInstanceOf(ServingException.class);

    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MUCH_MEMORY);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version https://git-lfs.github.com/spec/v1|begins with 'version h'",
        "<!DOCTYPE html>|begins with '<!DOCTYPE'",
        "PK|2 bytes",
        "''|0 bytes"
      })
  void whatIsNoWeightsAtAllIsQuoted(String content, String quoted) throws IOException {
    Path file = Files.writeString(folder.resolve("w.pth"), content, StandardCharsets.US_ASCII);

    assertThatThrownBy(() -> StateDict.read(file))
        .hasMessageStartingWith("w.pth: " + quoted.replace('\'', '"'));
  }

  @Test
  void aMissingFileAndAFolderAreNoWeights() {
    assertThatThrownBy(() -> StateDict.read(folder.resolve("none.pth")))
        .hasMessage("none.pth: no such file (expected: a file of weights)");
    assertThatThrownBy(() -> StateDict.read(folder)).isInstanceOf(ServingException.class);
  }

  @Test
  void aDictMadeOfTheSameListAgainAndAgainIsStopped() throws IOException {
    byte[] copy = "h\u0000h\u0001\u0085R0".getBytes(StandardCharsets.ISO_8859_1);
    byte[] start =
        "\u0080\u0002ccollections\nOrderedDict\nq\u0000](".getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer pickle = ByteBuffer.allocate(2_000_000).put(start);
    for (int i = 0; i < 50_000; i++) {
      pickle.put("X\u0001\u0000\u0000\u0000aN\u0086".getBytes(StandardCharsets.ISO_8859_1));
    }
    pickle.put("eq\u0001".getBytes(StandardCharsets.ISO_8859_1));
    while (pickle.remaining() > copy.length) {
      pickle.put(copy);
    }
    byte[] zip = new ZipBuilder().stored("a/data.pkl", pickle.array()).build();

    assertThatThrownBy(() -> StateDict.read(Files.write(folder.resolve("w.pth"), zip)))
        .hasMessage("w.pth: the pickle takes too many steps (expected: <= 4194304)");
  }

  @Test
  void aTensorBehindTwoGibibytesIsReadAndALargerOneRefused() throws IOException {
    Path file = folder.resolve("w.pth");
    long elements = 3L << 28;
    byte[] cut =
        Files.readAllBytes(GoldenFiles.ROOT.resolve("refused/legacy_storage_of_3_gib.pth"));
    ByteBuffer count = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, elements);
    ByteBuffer last = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    last.putFloat(0, 1.5f).putFloat(4, -2f);
    try (FileChannel sparse =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      sparse.write(ByteBuffer.wrap(cut));
      sparse.write(count, cut.length - 8L);
      sparse.write(last, cut.length + 4 * elements - 8);
    }

    assertThat(StateDict.read(file).find("end").orElseThrow().toFloats())
        .containsExactly(1.5f, -2f);
  }
}
