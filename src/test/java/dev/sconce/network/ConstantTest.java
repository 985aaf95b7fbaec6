package dev.sconce.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConstantTest {
  /** The bits are those of {@code torch.tensor(x).to(torch.bfloat16).view(torch.int16)}. */
  @ParameterizedTest
  @CsvSource({
    "1.0, 3f80",
    "1.005, 3f81",
    "1.00390625, 3f80",
    "1.01171875, 3f82",
    "-1.01171875, bf82",
    "-0.0, 8000",
    "3.4028235e38, 7f80",
    "1e-40, 0001",
    "Infinity, 7f80",
    "NaN, 7fc0"
  })
  void bfloat16IsTheNearestTiesToEven(float number, String bits) {
    Constant constant = Constant.rowMajor(Constant.Type.BFLOAT16, () -> new float[] {number, 1}, 2);

    ByteBuffer bytes = bytes(constant);

    assertThat(bytes.remaining()).isEqualTo(4);
    assertThat("%02x%02x".formatted(bytes.get(1), bytes.get(0))).isEqualTo(bits);
  }

  @Test
  void aConvolutionsChannelsLieInnermostAsItsStridesSay() {
    float[] values = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}; // [2, 3, 1, 2] in the usual order
    Constant constant = Constant.channelsLast(Constant.Type.FLOAT32, () -> values, 2, 3, 1, 2);

    float[] stored = new float[12];
    bytes(constant).asFloatBuffer().get(stored);

    assertThat(constant.strides()).containsExactly(6, 1, 6, 3);
    assertThat(stored).containsExactly(0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11);
  }

  @Test
  void moreNumbersThanArePassedOnAtATimeAllArrive() {
    float[] values = new float[40_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    Constant constant = Constant.rowMajor(Constant.Type.FLOAT32, () -> values, 40_000);

    float[] stored = new float[40_000];
    bytes(constant).asFloatBuffer().get(stored);

    assertThat(constant.content().size()).isEqualTo(160_000);
    assertThat(stored).isEqualTo(values);
  }

  /** The elements as they lie in memory, little-endian. */
  static ByteBuffer bytes(Constant constant) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      constant.content().writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
  }
}
