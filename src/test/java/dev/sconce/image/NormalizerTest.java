package dev.sconce.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ToTensor and Normalize against torchvision: the floats are the same to the bit. */
class NormalizerTest {
  private static final double[] ZEROS = {0, 0, 0};
  private static final double[] ONES = {1, 1, 1};

  static List<String[]> tensors() {
    return GoldenPictures.table("tensors.tsv");
  }

  @ParameterizedTest(name = "{0} with {1} and {2}")
  @MethodSource("tensors")
  void everyBitIsThatOfTorchvision(String path, String mean, String std, String sha) {
    RgbImage image = path.equals("every") ? everyByte() : GoldenPictures.decode(path);
    ByteBuffer bytes = ByteBuffer.allocate(4 * image.pixels().length);

    new Normalizer(values(mean), values(std))
        .write(image, TensorLayout.NCHW, bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer());

    assertThat(GoldenPictures.sha(bytes.array())).isEqualTo(sha);
  }

  /** Each value of a byte, once in each channel. */
  private static RgbImage everyByte() {
    byte[] pixels = new byte[768];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) i;
    }
    return new RgbImage(16, 16, pixels);
  }

  private static double[] values(String text) {
    return Arrays.stream(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  @Test
  void channelsLastHasTheSameValuesPixelByPixel() {
    RgbImage image = new RgbImage(2, 1, new byte[] {0, 51, 102, (byte) 153, (byte) 204, -1});
    Normalizer normalizer = new Normalizer(ZEROS, ONES);
    FloatBuffer last = FloatBuffer.allocate(8);
    FloatBuffer first = FloatBuffer.allocate(6);

    normalizer.write(image, TensorLayout.NHWC, last.position(1));
    normalizer.write(image, TensorLayout.NCHW, first);

    assertThat(last.array()).containsExactly(0, 0, 0.2f, 0.4f, 0.6f, 0.8f, 1, 0);
    assertThat(last.position()).isEqualTo(7);
    assertThat(first.array()).containsExactly(0, 0.6f, 0.2f, 0.8f, 0.4f, 1);
  }

  @Test
  void aBufferThatIsTooSmallOverflows() {
    RgbImage image = new RgbImage(1, 1, new byte[3]);
    Normalizer normalizer = new Normalizer(ZEROS, ONES);

    assertThatThrownBy(() -> normalizer.write(image, TensorLayout.NCHW, FloatBuffer.allocate(2)))
        .isInstanceOf(BufferOverflowException.class);
  }

  @Test
  void valuesThatCannotBeDividedByAreFaultsOfTheModel() {
    refusedAs("mean: 2 values (expected: 3)", new double[2], ONES);
    refusedAs("std: 4 values (expected: 3)", ZEROS, new double[4]);
    refusedAs("std: 0.0 (expected: not 0)", ZEROS, new double[] {1, 0, 1});
    refusedAs("mean: NaN (expected: finite)", new double[] {Double.NaN, 0, 0}, ONES);
    refusedAs("std: 1.0E300 (expected: finite)", ZEROS, new double[] {1, 1, 1e300});
  }

  private static void refusedAs(String message, double[] mean, double[] std) {
    assertThatThrownBy(() -> new Normalizer(mean, std))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
        .hasMessage(message);
  }
}
