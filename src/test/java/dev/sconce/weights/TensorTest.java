package dev.sconce.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TensorTest {

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16"})
  void allSixteenBitFloatsAreThoseOfPyTorch(DType dtype)
      throws IOException, NoSuchAlgorithmException {
    ByteBuffer patterns = littleEndian(2 << 16);
    for (int i = 0; i < 1 << 16; i++) {
      patterns.putShort(2 * i, (short) i);
    }

    float[] values = Tensor.contiguous(dtype, Shape.of(1 << 16), patterns).toFloats();

    ByteBuffer bits = ByteBuffer.allocate(4 << 16);
    bits.asIntBuffer().put(GoldenFiles.bits(values));
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bits.array());
    assertThat(Files.readAllLines(GoldenFiles.ROOT.resolve("floats.txt")))
        .contains(dtype + " " + HexFormat.of().formatHex(digest));
  }

  @Test
  void floatsOfAFloat32TensorInRowMajorOrderAreAView() {
    ByteBuffer data = littleEndian(8).putFloat(0, 1.5f).putFloat(4, -2f);
    Tensor tensor = Tensor.contiguous(DType.FLOAT32, Shape.of(2), data);

    FloatBuffer values = tensor.floats();
    data.putFloat(4, 7f);

    assertThat(values).isEqualTo(FloatBuffer.wrap(new float[] {1.5f, 7f}));
  }

  @Test
  void floatsOfATransposedTensorAreInRowMajorOrder() {
    ByteBuffer data = littleEndian(16);
    data.asFloatBuffer().put(new float[] {1, 2, 3, 4});
    Tensor tensor = new Tensor(DType.FLOAT32, Shape.of(2, 2), List.of(1L, 2L), data);

    assertThat(tensor.isContiguous()).isFalse();
    assertThat(tensor.floats()).isEqualTo(FloatBuffer.wrap(new float[] {1, 3, 2, 4}));
    assertThat(tensor.bytes().asFloatBuffer())
        .isEqualTo(FloatBuffer.wrap(new float[] {1, 3, 2, 4}));
  }

  @ParameterizedTest
  @CsvSource({"FLOAT64, 8", "INT32, 4", "FLOAT16, 2", "UINT8, 1"})
  void bytesAreLittleEndianWhateverTheFile(DType dtype, int size) {
    ByteBuffer data = ByteBuffer.allocate(2 * size).order(ByteOrder.BIG_ENDIAN);
    data.put(size - 1, (byte) 1).put(2 * size - 1, (byte) 2);

    ByteBuffer bytes = Tensor.contiguous(dtype, Shape.of(2), data).bytes();

    assertThat(bytes.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes.get(0)).isEqualTo((byte) 1);
    assertThat(bytes.get(size)).isEqualTo((byte) 2);
    assertThat(bytes.remaining()).isEqualTo(2 * size);
  }

  @Test
  void nobodyCanWriteThroughAView() {
    Tensor tensor = Tensor.contiguous(DType.INT8, Shape.of(1), littleEndian(1));

    assertThatThrownBy(() -> tensor.bytes().put(0, (byte) 1))
        .isInstanceOf(ReadOnlyBufferException.class);
  }

  @Test
  void fractionsAreCutOffWhenIntegersAreAskedFor() {
    ByteBuffer data = littleEndian(16).putDouble(0, 2.9).putDouble(8, -2.9);

    assertThat(Tensor.contiguous(DType.FLOAT64, Shape.of(2), data).toLongs())
        .containsExactly(2, -2);
  }

  @ParameterizedTest
  @CsvSource({
    "'[2, 3]', '3, 1', true",
    "'[2, 3]', '1, 2', false",
    "'[1, 3]', '99, 1', true",
    "'[3, 1]', '1, 99', true",
    "'[2, 0]', '5, 5', true",
    "'[2]', '0', false",
    "'[]', '', true"
  })
  void contiguousMeansRowMajorWithoutGapsAsInPyTorch(
      String shape, String strides, boolean contiguous) {
    List<Long> parsed = GoldenFiles.shape(strides).sizes();
    Tensor tensor = new Tensor(DType.UINT8, GoldenFiles.shape(shape), parsed, littleEndian(1000));

    assertThat(tensor.isContiguous()).isEqualTo(contiguous);
  }

  @Test
  void aShapeRefusesWhatNoTensorHas() {
    assertThatThrownBy(() -> Shape.of(2, -1)).hasMessage("shape: [2, -1] (expected: sizes >= 0)");
    assertThatThrownBy(() -> Shape.of(1L << 40, 1L << 40))
        .hasMessageContaining("(expected: < 2^63 elements)");
    assertThat(Shape.of(0, Long.MAX_VALUE, Long.MAX_VALUE).elementCount()).isZero();
    assertThat(Shape.of().elementCount()).isEqualTo(1);
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
