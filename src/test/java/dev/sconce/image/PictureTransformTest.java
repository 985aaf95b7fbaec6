package dev.sconce.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Resizing and cropping against torchvision's transforms on PIL pictures. */
class PictureTransformTest {
  private static final Map<String, RgbImage> PICTURES = new HashMap<>();

  static List<String[]> transforms() {
    return GoldenPictures.table("transforms.tsv");
  }

  @ParameterizedTest(name = "{0} to {1}, {2}, crop {3}")
  @MethodSource("transforms")
  void theResultIsThatOfTorchvision(
      String path, String size, String edge, String crop, int width, int height, String sha) {
    PictureTransform transform =
        new PictureTransform(
            size(size),
            edge.equals("-") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(edge)),
            size(crop));

    RgbImage result = transform.apply(PICTURES.computeIfAbsent(path, GoldenPictures::decode));

    assertThat(List.of(result.width(), result.height())).containsExactly(width, height);
    assertThat(GoldenPictures.sha(result.pixels())).isEqualTo(sha);
  }

  private static Optional<PictureSize> size(String text) {
    if (text.equals("-")) {
      return Optional.empty();
    }
    int[] sides = Arrays.stream(text.split("x")).mapToInt(Integer::parseInt).toArray();
    return Optional.of(new PictureSize(sides[0], sides[1]));
  }

  @Test
  void nothingToDoGivesThePictureItself() {
    RgbImage picture = new RgbImage(2, 1, new byte[6]);

    assertThat(PictureTransform.NONE.apply(picture)).isSameAs(picture);
    assertThat(PictureTransform.imageSize(1, 2).apply(picture)).isSameAs(picture);
    assertThat(PictureTransform.resize(1).apply(picture)).isSameAs(picture);
  }

  @Test
  void contradictionsAndImpossibleSidesAreFaultsOfTheModel() {
    Optional<PictureSize> size = Optional.of(new PictureSize(1, 1));

    refusedAs(
        "imageSize and resize (expected: one of them)",
        () -> new PictureTransform(size, OptionalInt.of(1), Optional.empty()));
    refusedAs("resize: 0 (expected: 1 to 4096)", () -> PictureTransform.resize(0));
    refusedAs("resize: 4097 (expected: 1 to 4096)", () -> PictureTransform.resize(4097));
    refusedAs("0 x 5 pixels (expected: 1 to 4096 a side)", () -> PictureTransform.imageSize(0, 5));
    refusedAs("3 x 99999 pixels", () -> PictureTransform.NONE.withCenterCrop(3, 99_999));
  }

  private static void refusedAs(String message, Runnable making) {
    assertThatThrownBy(making::run)
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
        .hasMessageContaining(message);
  }

  @Test
  void aLongThinPictureIsRefusedRatherThanEnlargedBeyondMeasure() {
    RgbImage thin = new RgbImage(60_000, 1, new byte[180_000]);

    assertThatThrownBy(() -> PictureTransform.resize(224).apply(thin))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST))
        .hasMessageContaining("60000 x 1, resized to 13440000 x 224");
  }

  @Test
  void ofALongThinPictureOnlyTheCropIsComputed() {
    byte[] pixels = new byte[180_000];
    Arrays.fill(pixels, (byte) 77);
    RgbImage thin = new RgbImage(60_000, 1, pixels);

    RgbImage middle = PictureTransform.resize(224).withCenterCrop(224, 224).apply(thin);

    assertThat(middle.pixels()).hasSize(3 * 224 * 224).containsOnly(77);
  }
}
