package dev.sconce.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.image.FastaiTransform.CropPad;
import dev.sconce.image.FastaiTransform.Method;
import dev.sconce.image.FastaiTransform.RatioResize;
import dev.sconce.image.FastaiTransform.Resize;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against fast.ai's own transforms, by {@code scripts/golden/fastai_transforms.py}. */
class FastaiTransformTest {
  /** fast.ai fails, or goes on with a black picture. */
  private static final List<String> NOTHING_LEFT = List.of("refused", "black");

  private static final Map<String, RgbImage> PICTURES = new HashMap<>();

  /** A transform, a picture and what fast.ai makes of it. */
  record Golden(List<String> words) {
    List<FastaiTransform> transforms() {
      int[] sides = Arrays.stream(words.get(2).split("x")).mapToInt(Integer::parseInt).toArray();
      ResizeFilter filter = choice(ResizeFilter.class, words.get(5), ResizeFilter.BILINEAR);
      Padding padding = choice(Padding.class, words.get(4), Padding.ZEROS);
      Method method = choice(Method.class, words.get(3), Method.CROP);
      PictureSize size = new PictureSize(sides[0], sides[sides.length - 1]);
      return switch (words.get(1)) {
        case "RatioResize" -> List.of(new RatioResize(sides[0], filter));
        case "RandomResizedCrop" -> FastaiTransform.randomResizedCrop(size, 0.14, filter);
        case "Resize" -> List.of(new Resize(size, method, padding, filter));
        default -> List.of(new CropPad(size, padding));
      };
    }

    RgbImage result() {
      RgbImage result = picture();
      for (FastaiTransform transform : transforms()) {
        result = transform.apply(result);
      }
      return result;
    }

    private static <E extends Enum<E>> E choice(Class<E> type, String word, E fallback) {
      return word.equals("-") ? fallback : Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
    }

    RgbImage picture() {
      return PICTURES.computeIfAbsent(words.get(0), GoldenPictures::decode);
    }

    @Override
    public String toString() {
      return String.join(" ", words.subList(0, 6));
    }
  }

  static List<Golden> goldens() {
    return GoldenPictures.table("../fastai/transforms.tsv").stream()
        .map(words -> new Golden(List.of(words)))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void thePixelsAreThoseOfFastai(Golden golden) {
    if (NOTHING_LEFT.contains(golden.words.get(6))) {
      assertThatThrownBy(golden::result)
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
          .hasMessageContaining("(expected: 1 to ");
      return;
    }
    RgbImage result = golden.result();
    if (golden.words.get(6).equals("random")) {
      assertThat(Math.max(result.width(), result.height()))
          .isEqualTo(golden.transforms().get(0).size().width());
      return;
    }
    assertThat(List.of(result.width() + "", result.height() + ""))
        .isEqualTo(golden.words.subList(6, 8));
    assertThat(GoldenPictures.sha(result.pixels())).isEqualTo(golden.words.get(8));
  }

  static List<String[]> tensors() {
    return GoldenPictures.table("../fastai/tensors.tsv");
  }

  @ParameterizedTest(name = "divided by {0}, {1} and {2}")
  @MethodSource("tensors")
  void everyBitOfTheFloatsIsThatOfFastai(double div, String mean, String std, String sha) {
    byte[] every = new byte[768];
    for (int i = 0; i < every.length; i++) {
      every[i] = (byte) i;
    }
    ByteBuffer bytes = ByteBuffer.allocate(4 * every.length).order(ByteOrder.LITTLE_ENDIAN);

    new Normalizer(div, values(mean), values(std))
        .write(new RgbImage(16, 16, every), TensorLayout.NCHW, bytes.asFloatBuffer());

    assertThat(GoldenPictures.sha(bytes.array())).isEqualTo(sha);
  }

  private static double[] values(String text) {
    return Arrays.stream(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  @Test
  void whatNeedsTooManyPixelsIsRefusedBeforeAnyIsMade() {
    RgbImage thin = new RgbImage(200_000, 1, new byte[600_000]);
    Resize square =
        new Resize(new PictureSize(64, 64), Method.PAD, Padding.ZEROS, ResizeFilter.BILINEAR);

    assertThatThrownBy(() -> square.apply(thin))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
        .hasMessage(
            "picture: 200000 x 1, cut or padded to 200000 x 200000 (expected: 1 to 268435456"
                + " pixels)");
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e9, -1e9, Double.NaN, Double.POSITIVE_INFINITY, 4096, -1.5})
  void anExtraThatLeavesNoSizeIsRefused(double extra) {
    PictureSize size = new PictureSize(64, 96);

    assertThatThrownBy(() -> FastaiTransform.randomResizedCrop(size, extra, ResizeFilter.BILINEAR))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
        .hasMessageContaining("(expected: ");
  }

  @Test
  void itSaysWhatItDoesAsOneWritesItInPython() {
    PictureSize size = new PictureSize(64, 96);
    assertThat(new Resize(size, Method.CROP, Padding.REFLECTION, ResizeFilter.BILINEAR))
        .hasToString("Resize((64, 96), method=crop)");
    assertThat(new Resize(size, Method.PAD, Padding.BORDER, ResizeFilter.BICUBIC))
        .hasToString("Resize((64, 96), method=pad, pad_mode=border, resamples=bicubic)");
    assertThat(new RatioResize(80, ResizeFilter.BILINEAR)).hasToString("RatioResize(80)");
    assertThat(new CropPad(size, Padding.ZEROS)).hasToString("CropPad((64, 96), pad_mode=zeros)");
  }
}
