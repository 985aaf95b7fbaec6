package dev.sconce.npy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused, and how; {@code DefaultInferenceHandlerTest} reads what NumPy wrote. */
class NpyArrayTest {
  private static ByteBuffer file(int version, String header, byte[] data) {
    byte[] text = header.getBytes(StandardCharsets.ISO_8859_1);
    int sizeBytes = version == 1 ? Short.BYTES : Integer.BYTES;
    ByteBuffer file =
        ByteBuffer.allocate(8 + sizeBytes + text.length + data.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    file.put(NpyArray.magic()).put((byte) version).put((byte) 0);
    if (version == 1) {
      file.putShort((short) text.length);
    } else {
      file.putInt(text.length);
    }
    return file.put(text).put(data).flip();
  }

  private static String header(String descr, String order, String shape) {
    return "{'descr': %s, 'fortran_order': %s, 'shape': %s, }\n".formatted(descr, order, shape);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'<f8' | False | (1000000000000, 1000000000000) | an NPY file of f8 [1000000000000, 1000000000000] (expected: an array that fits into memory)",
        "'<f8' | False | (0, 4611686018427387904)| an NPY header",
        "'<f8' | False | (0, 461168601842738790, 8)| an NPY file of f8 [0, 461168601842738790, 8] (expected: an array that fits into memory)",
        "'<f8' | False | (1000000000,)  | an NPY file of f8 [1000000000] with 16 bytes of data (expected: 8000000000)",
        "'<f8' | False | (3,)           | an NPY file of f8 [3] with 16 bytes of data (expected: 24)",
        "'O'   | False | (2,)           | an NPY file with elements of 'O' (expected: bool, or integers or floats of at most 64 bits)",
        "'<c8' | False | (2,)           | an NPY file with elements of '<c8' (expected",
        "'<f16'| False | (1,)           | an NPY file with elements of '<f16' (expected",
        "'<U2' | False | (2,)           | an NPY file with elements of '<U2' (expected",
        "[('a', '<f8')] | False | (2,)  | an NPY file with elements of several fields (expected",
        "'<f8' | 0     | (2,)           | an NPY header {'descr': '<f8', 'fortran_order': 0",
        "'<f8' | False | (2)            | an NPY header {'descr': '<f8'",
        "'<f8' | False | [2]            | an NPY header {'descr': '<f8'",
        "'<f8' | False | (-2,)          | an NPY header {'descr': '<f8'",
        "'<f8' | False | (2,), 'x': 1   | an NPY header {'descr': '<f8'",
        "'<f8' | False | (2,)}          | an NPY header {'descr': '<f8'",
        "'<f8' | False | (2,             | an NPY header {'descr': '<f8'"
      })
  void headersOfOtherArraysAreRefusedSayingWhatTheyAre(
      String descr, String order, String shape, String message) {
    ByteBuffer file = file(1, header(descr, order, shape), new byte[16]);
    assertThatThrownBy(() -> NpyArray.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void moreDimensionsThanNumPyHasAreRefused() {
    String sizes = "1, ".repeat(64);
    ByteBuffer most = file(1, header("'<f8'", "False", "(" + sizes + ")"), new byte[8]);
    assertThat(NpyArray.read(most).shape()).hasSize(64);
    ByteBuffer more = file(1, header("'<f8'", "False", "(" + sizes + "1)"), new byte[8]);
    assertThatThrownBy(() -> NpyArray.read(more)).hasMessageStartingWith("an NPY header");
  }

  @Test
  void longHeadersAndUnknownFormatsAreRefused() {
    ByteBuffer wordy = file(2, " ".repeat(10_001), new byte[0]);
    assertThatThrownBy(() -> NpyArray.read(wordy))
        .hasMessage("an NPY header of 10001 bytes (expected: <= 10000)");
    ByteBuffer newer = file(4, header("'<f8'", "False", "(1,)"), new byte[8]);
    assertThatThrownBy(() -> NpyArray.read(newer))
        .hasMessage("NPY format 4.0 (expected: 1.0, 2.0 or 3.0)");
    ByteBuffer none = ByteBuffer.wrap("\u0080\u0004pickle".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> NpyArray.read(none))
        .hasMessage("no NPY file (expected: one, as numpy.save writes it)");
  }

  @Test
  void aFileCutAnywhereIsRefused() {
    ByteBuffer whole = file(1, header("'<f4'", "False", "(2, 3)"), new byte[24]);
    for (int length = 0; length < whole.limit(); length++) {
      ByteBuffer cut = whole.duplicate().limit(length);
      assertThatThrownBy(() -> NpyArray.read(cut)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void whateverBytesAreChangedItIsReadOrRefused() {
    Random random = new Random(5);
    int read = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = file(1, header("'>i2'", "True", "(2, 3)"), new byte[12]).array().clone();
      for (int change = 0; change <= random.nextInt(3); change++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(NpyArray.read(ByteBuffer.wrap(bytes)).elements().remaining())
            .isLessThanOrEqualTo(12);
        read++;
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageMatching("(?s).*(NPY|format).*");
      }
    }
    assertThat(read).isBetween(100, 19_900);
  }

  @Test
  void bigEndianNumbersAndColumnsBecomeLittleEndianRows() {
    ByteBuffer data = ByteBuffer.allocate(24);
    for (int number : new int[] {1, 4, 2, 5, 3, 6}) {
      data.putInt(number);
    }
    ByteBuffer file = file(3, header("'>i4'", "True", "(2, 3)"), data.array());
    NpyArray array = NpyArray.read(file);
    assertThat(array.type()).isEqualTo("i4");
    assertThat(array.shape()).isEqualTo(List.of(2L, 3L));
    int[] rows = new int[6];
    array.elements().asIntBuffer().get(rows);
    assertThat(rows).containsExactly(1, 2, 3, 4, 5, 6);
  }
}
