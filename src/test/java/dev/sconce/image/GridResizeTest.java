package dev.sconce.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.image.GridResize.Crop;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against fast.ai's own transforms, by {@code scripts/golden/fastai_transforms.py}. */
class GridResizeTest {
  /** Of white, whatever bytes are divided by. */
  private static final double ALLOWED = 1e-6;

  /** A transform, a picture and what fast.ai makes of it. */
  record Golden(List<String> words) {
    RgbImage picture() {
      RgbImage picture = GoldenPictures.decode(words.get(0));
      if (words.get(1).equals("-")) {
        return picture;
      }
      PictureSize size = size(words.get(1));
      return PilResize.resize(picture, size.width(), size.height());
    }

    GridResize transform() {
      GridMode mode = GridMode.valueOf(words.get(4).toUpperCase(Locale.ROOT));
      PictureSize size = size(words.get(3));
      if (!words.get(7).equals("-")) {
        double[] crop = values(words.get(7));
        return GridResize.randomResizedCrop(size, mode, new Crop(crop[0], crop[1], crop[2]));
      }
      Padding padding = Padding.valueOf(words.get(5).toUpperCase(Locale.ROOT));
      boolean alignCorners = words.get(6).equals("True");
      return new GridResize(words.get(2), size, mode, padding, alignCorners, Optional.empty());
    }

    double divisor() {
      return Double.parseDouble(words.get(8));
    }

    private static PictureSize size(String text) {
      int[] sides = Arrays.stream(text.split("x")).mapToInt(Integer::parseInt).toArray();
      return new PictureSize(sides[0], sides[1]);
    }

    private static double[] values(String text) {
      return Arrays.stream(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    @Override
    public String toString() {
      return String.join(" ", words.subList(0, 9));
    }
  }

  static List<Golden> goldens() {
    return GoldenPictures.table("../fastai/grids.tsv").stream()
        .map(words -> new Golden(List.of(words)))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void theFloatsAreThoseOfFastai(Golden golden) {
    if (golden.words.get(9).equals("refused")) {
      assertThatThrownBy(() -> golden.transform().apply(golden.picture(), golden.divisor()))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
          .hasMessageMatching("picture: .* cut to .* \\(expected: at least 1 x 1\\)");
      return;
    }
    FloatImage result = golden.transform().apply(golden.picture(), golden.divisor());
    int every = Integer.parseInt(golden.words.get(9));
    double[] expected = Golden.values(golden.words.get(10));
    float[] actual = result.values();
    assertThat((actual.length + every - 1) / every).isEqualTo(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i * every])
          .as("value %d of %s", i * every, golden)
          .isCloseTo(expected[i], within(ALLOWED * 255 / golden.divisor()));
    }
  }

  @Test
  void picturesOfFloatsAreDividedAlready() {
    RgbImage picture = GoldenPictures.decode("png/photo.png");
    PictureSize own = new PictureSize(picture.height(), picture.width());
    GridResize same =
        new GridResize("Flip", own, GridMode.NEAREST, Padding.ZEROS, true, Optional.empty());
    FloatImage floats = same.apply(picture, 255);
    Crop square = new Crop(1, 1, 0.5);
    GridResize crop =
        GridResize.randomResizedCrop(new PictureSize(20, 30), GridMode.BILINEAR, square);

    assertThat(crop.apply(floats, 3).values()).isEqualTo(crop.apply(picture, 255).values());
  }

  @Test
  void aScaleThatLeavesNothingOrNeedsMoreThanThereIsIsRefused() {
    for (double scale : new double[] {0, -1, 1.01, Double.NaN}) {
      assertThatThrownBy(() -> new Crop(1, 1, scale))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
          .hasMessage("valid_scale: " + scale + " (expected: > 0, at most 1)");
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void aRatioThatNoPictureHasIsRefused(double ratio) {
    for (double[] pair : new double[][] {{ratio, 1}, {1, ratio}}) {
      assertThatThrownBy(() -> new Crop(pair[0], pair[1], 1))
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
          .hasMessage("ratio: (%s, %s) (expected: finite, > 0)".formatted(pair[0], pair[1]));
    }
  }

  @Test
  void itSaysWhatItDoesAsOneWritesItInPython() {
    PictureSize size = new PictureSize(64, 96);
    assertThat(
            new GridResize(
                "Flip", size, GridMode.BILINEAR, Padding.REFLECTION, true, Optional.empty()))
        .hasToString("Flip(size=(64, 96))");
    assertThat(
            new GridResize("Zoom", size, GridMode.BICUBIC, Padding.ZEROS, false, Optional.empty()))
        .hasToString("Zoom(size=(64, 96), mode=bicubic, pad_mode=zeros, align_corners=False)");
    assertThat(GridResize.randomResizedCrop(size, GridMode.NEAREST, new Crop(1, 1.5, 0.7)))
        .hasToString(
            "RandomResizedCropGPU(size=(64, 96), mode=nearest, ratio=(1.0, 1.5), valid_scale=0.7)");
  }
}
