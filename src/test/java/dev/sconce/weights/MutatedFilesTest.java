package dev.sconce.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every golden file, changed at random in many ways: whatever comes out is either a state dict
 * whose values can be read or a {@link ServingException}. The seed is the file's name, so that a
 * failure comes again.
 */
class MutatedFilesTest {
  private static final int MUTATIONS_PER_FILE = 40;
  private static final byte[] TELLING_BYTES = {0, 1, 2, 0x7f, (byte) 0x80, (byte) 0xff};

  private final Path folder;

  MutatedFilesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>(GoldenFiles.weights("good"));
    files.addAll(GoldenFiles.weights("refused"));
    return files;
  }

  @ParameterizedTest
  @MethodSource("files")
  void aChangedFileIsReadOrRefusedAndNothingElse(Path file) throws IOException {
    byte[] original = Files.readAllBytes(file);
    Random random = new Random(file.getFileName().toString().hashCode());
    for (int i = 0; i < MUTATIONS_PER_FILE; i++) {
      Path changed = Files.write(folder.resolve(i + ".pth"), mutated(original, random));
      try {
        StateDict.read(changed).tensors().values().forEach(MutatedFilesTest::readValues);
      } catch (ServingException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL);
        assertThat(e.getMessage()).startsWith(i + ".pth: ");
      }
    }
  }

  private static void readValues(Tensor tensor) {
    assertThat(tensor.toFloats()).hasSize(tensor.elementCount());
    assertThat(tensor.toLongs()).hasSize(tensor.elementCount());
    assertThat(tensor.bytes().remaining())
        .isEqualTo(tensor.elementCount() * tensor.dtype().byteSize());
  }

  private static byte[] mutated(byte[] original, Random random) {
    byte[] bytes = original.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes && bytes.length > 0; i++) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] = (byte) random.nextInt();
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes[at] = TELLING_BYTES[random.nextInt(TELLING_BYTES.length)];
        case 3 -> bytes = without(bytes, at, Math.min(random.nextInt(8), bytes.length - at));
        default -> copyWithin(bytes, at, random);
      }
    }
    return bytes;
  }

  private static byte[] without(byte[] bytes, int at, int count) {
    byte[] shorter = new byte[bytes.length - count];
    System.arraycopy(bytes, 0, shorter, 0, at);
    System.arraycopy(bytes, at + count, shorter, at, shorter.length - at);
    return shorter;
  }

  private static void copyWithin(byte[] bytes, int at, Random random) {
    int from = random.nextInt(bytes.length);
    int count = Math.min(random.nextInt(32), bytes.length - Math.max(at, from));
    System.arraycopy(bytes, from, bytes, at, count);
  }
}
