package dev.sconce.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {
  private final Path folder;

  SafetensorsFileTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void metadataAndSpacesBehindTheHeaderAreSkipped() throws IOException {
    String header =
        "{'__metadata__':{'a':'b'},'w':{'dtype':'U8','shape':[2],'data_offsets':[0,2]}}    ";

    assertThat(read(header, 2).find("w").orElseThrow().shape()).isEqualTo(Shape.of(2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        // The tensors must cover the data, one after another.
        "{'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]},'b':{'dtype':'U8','shape':[2],'data_offsets':[1,3]}}|3|b: [2] of uint8 at bytes 1 to 3 (expected: 2 to 4)",
        "{'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]},'b':{'dtype':'U8','shape':[1],'data_offsets':[3,4]}}|4|b: [1] of uint8 at bytes 3 to 4 (expected: 2 to 3)",
        "{'a':{'dtype':'U8','shape':[2],'data_offsets':[1,3]}}|3|a: [2] of uint8 at bytes 1 to 3 (expected: 0 to 2)",
        "{'a':{'dtype':'U8','shape':[2],'data_offsets':[2,0]}}|2|a: [2] of uint8 at bytes 2 to 0 (expected: 0 to 2)",
        "{'a':{'dtype':'U8','shape':[2],'data_offsets':[-2,0]}}|2|a: [2] of uint8 at bytes -2 to 0 (expected: 0 to 2)",
        "{'a':{'dtype':'U8','shape':[2],'data_offsets':[0,3]}}|3|a: [2] of uint8 at bytes 0 to 3 (expected: 0 to 2)",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,2]}}|2|a: [2] of float32 at bytes 0 to 2 (expected: 0 to 8)",
        "{'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]}}|1|the tensors cover 2 bytes (expected: all 1 of the file)",
        "{'a':{'dtype':'U8','shape':[2],'data_offsets':[0,2]}}|3|the tensors cover 2 bytes (expected: all 3 of the file)",
        "{}|1|the tensors cover 0 bytes (expected: all 1 of the file)",
        // Sizes.
        "{'a':{'dtype':'U8','shape':[-2],'data_offsets':[0,2]}}|2|a: shape: [-2] (expected: sizes >= 0)",
        "{'a':{'dtype':'U8','shape':[4294967296,4294967296],'data_offsets':[0,2]}}|2|a: shape: [4294967296, 4294967296] (expected: < 2^63 elements)",
        "{'a':{'dtype':'U8','shape':[99999999999999999999],'data_offsets':[0,2]}}|2|safetensors header: Numeric value (99999999999999999999) out of range",
        "{'a':{'dtype':'F64','shape':[1000000000],'data_offsets':[0,8000000000]}}|2|a: shape [1000000000] of float64 (expected: <= 268435454 elements",
        "{'a':{'dtype':'U8','shape':[2.5],'data_offsets':[0,2]}}|2|safetensors header: VALUE_NUMBER_FLOAT (expected: integers in shape of a)",
        "{'a':{'dtype':'U8','shape':[[2]],'data_offsets':[0,2]}}|2|safetensors header: Document nesting depth (4) exceeds the maximum allowed (3",
        "{'a':{'dtype':'U8','shape':[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],'data_offsets':[0,1]}}|1|safetensors header: a has 65 dimensions (expected: <= 64)",
        // Types.
        "{'a':{'dtype':'C64','shape':[1],'data_offsets':[0,8]}}|8|safetensors header: a has dtype C64 (expected: a real number type such as F32)",
        "{'a':{'dtype':'float32','shape':[1],'data_offsets':[0,4]}}|4|safetensors header: a has dtype float32",
        "{'a':{'dtype':5,'shape':[1],'data_offsets':[0,4]}}|4|safetensors header: VALUE_NUMBER_INT (expected: text as dtype of a)",
        // The header's form.
        "{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},'a':{'dtype':'U8','shape':[1],'data_offsets':[1,2]}}|2|safetensors header: Duplicate field 'a'",
        "{'a':{'dtype':'U8','dtype':'I8','shape':[1],'data_offsets':[0,1]}}|1|safetensors header: Duplicate field 'dtype'",
        "{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1],'x':1}}|1|safetensors header: a has a field x (expected: dtype, shape, data_offsets)",
        "{'a':{'dtype':'U8','shape':[1]}}|1|safetensors header: a is incomplete",
        "{'a':{'dtype':'U8','shape':[1],'data_offsets':[0]}}|1|safetensors header: a is incomplete",
        "{'a':[1]}|1|safetensors header: START_ARRAY (expected: an object for a)",
        "{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]}}x|1|safetensors header: Unrecognized token 'x'",
        "{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]}}{}|1|safetensors header: more than one object",
        "{'a':{'dtype':'U8','shape':[1]|1|safetensors header: Unexpected end-of-input"
      })
  void aHeaderThatIsWrongIsRefused(String header, int dataBytes, String message) {
    assertThatThrownBy(() -> read(header, dataBytes)).hasMessageStartingWith("w.pth: " + message);
  }

  @Test
  void aHeaderInAnotherEncodingIsRefused() {
    assertThatThrownBy(() -> read("{\u0000\u0000\u0000\u0001\u0001\u0001\u0001", 0))
        .hasMessageContaining("w.pth: safetensors header: Invalid UTF-32 character");
    assertThatThrownBy(() -> read("{\u0000'\u0000a\u0000", 0))
        .hasMessageContaining("w.pth: safetensors header: Unexpected end-of-input");
  }

  @Test
  void deepNestingIsStopped() {
    assertThatThrownBy(() -> read("{'__metadata__':" + "[".repeat(1_000_000), 0))
        .hasMessageStartingWith("w.pth: safetensors header: Document nesting depth (4) exceeds");
  }

  @Test
  void tooManyTensorsAreStopped() {
    StringBuilder header = new StringBuilder("{");
    for (int i = 0; i <= Limits.TENSORS; i++) {
      header.append("'").append(i).append("':{'dtype':'U8','shape':[0],'data_offsets':[0,0]},");
    }

    assertThatThrownBy(() -> read(header + "}", 0))
        .hasMessageStartingWith("w.pth: safetensors header: more than 65536 tensors");
  }

  @ParameterizedTest
  @CsvSource({
    "9223372036854775807, 9223372036854775807",
    "-9223372036854775808, 9223372036854775808",
    "-1, 18446744073709551615",
    "100000001, 100000001",
    "3, 3"
  })
  void aHeaderLengthThatCannotBeIsRefused(long length, String shown) throws IOException {
    ByteBuffer file = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    file.put(8, (byte) '{').put(9, (byte) '}');
    Path path = Files.write(folder.resolve("w.pth"), file.array());

    assertThatThrownBy(() -> StateDict.read(path))
        .hasMessage("w.pth: safetensors header of " + shown + " bytes (expected: <= 2)");
  }

  @Test
  void aHeaderOfMoreThanSixteenMebibytesIsRefusedUnread() throws IOException {
    Path path = folder.resolve("w.pth");
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(start("{"));
      file.seek(0);
      file.writeLong(Long.reverseBytes((16L << 20) + 1));
      file.setLength(1L << 25);
    }

    assertThatThrownBy(() -> StateDict.read(path))
        .hasMessage("w.pth: safetensors header of 16777217 bytes (expected: <= 16777216)");
  }

  @Test
  void tensorsBeyondTwoGibibytesAreFoundAndLargerOnesRefused() throws IOException {
    long half = (1L << 30) + 5;
    String header =
        "{%s,%s,%s}"
            .formatted(
                uint8("a", 0, half),
                uint8("b", half, 2 * half),
                uint8("c", 2 * half, 2 * half + 2));

    StateDict read = StateDict.read(sparse(header, 2 * half + 2));

    assertThat(read.find("a").orElseThrow().bytes().remaining()).isEqualTo((int) half);
    assertThat(read.find("c").orElseThrow().toLongs()).containsExactly(0, 9);
    Path tooLarge = sparse("{" + uint8("a", 0, 1L << 31) + "}", 1L << 31);
    assertThatThrownBy(() -> StateDict.read(tooLarge))
        .hasMessageContaining("a: shape [2147483648] of uint8 (expected: <= 2147483639 elements");
  }

  private static String uint8(String name, long begin, long end) {
    return "'%s':{'dtype':'U8','shape':[%d],'data_offsets':[%d,%d]}"
        .formatted(name, end - begin, begin, end);
  }

  /** A file whose last byte is 9 and which takes no room for the zeros before. */
  private Path sparse(String header, long dataBytes) throws IOException {
    Path path = folder.resolve("sparse" + dataBytes + ".safetensors");
    byte[] start = start(header);
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.write(start);
      file.seek(start.length + dataBytes - 1);
      file.write(9);
    }
    return path;
  }

  private static byte[] start(String header) {
    byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    byte[] start = new byte[8 + json.length];
    ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).put(json);
    return start;
  }

  private StateDict read(String header, int dataBytes) throws IOException {
    byte[] start = start(header);
    byte[] file = Arrays.copyOf(start, start.length + dataBytes);
    return StateDict.read(Files.write(folder.resolve("w.pth"), file));
  }
}
