package dev.sconce.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.HandlerSettings;
import dev.sconce.image.FastaiTransform;
import dev.sconce.image.GridMode;
import dev.sconce.image.GridResize;
import dev.sconce.image.Padding;
import dev.sconce.image.PictureSize;
import dev.sconce.image.PictureTransform;
import dev.sconce.image.ResizeFilter;
import dev.sconce.image.RgbImage;
import dev.sconce.image.TensorLayout;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class PictureSettingsTest {
  private static final PictureTransform FALLBACK = PictureTransform.imageSize(224, 224);

  private static PictureSettings read(Map<String, Object> settings) {
    return PictureSettings.of(new HandlerSettings(settings), PictureSettings.imagenet(FALLBACK));
  }

  private static void assertRefused(Map<String, Object> settings, String message) {
    assertThatThrownBy(() -> read(settings))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL))
        .hasMessage("model-config.yaml: " + message);
  }

  @Test
  void withoutSettingsTheOriginalServicesValuesHold() {
    PictureSettings settings = read(Map.of());

    assertThat(settings.transform()).isEqualTo(FALLBACK);
    assertThat(settings.mean()).containsExactly(0.485, 0.456, 0.406);
    assertThat(settings.std()).containsExactly(0.229, 0.224, 0.225);
  }

  @Test
  void imageSizeIsHeightFirst() {
    PictureTransform transform = read(Map.of("imageSize", List.of(96, 128))).transform();

    assertThat(transform.imageSize()).hasValue(new PictureSize(96, 128));
    RgbImage resized = transform.apply(new RgbImage(7, 5, new byte[105]));
    assertThat(List.of(resized.height(), resized.width())).containsExactly(96, 128);
  }

  @Test
  void resizeAndCenterCropAreThoseOfTorchvision() {
    PictureSettings settings = read(Map.of("resize", 256, "centerCrop", 224));

    assertThat(settings.transform().imageSize()).isEmpty();
    assertThat(settings.transform().resize()).isEqualTo(OptionalInt.of(256));
    assertThat(settings.transform().centerCrop()).hasValue(new PictureSize(224, 224));
    assertThat(settings.sizeIsFixed()).isTrue();
    assertThat(settings.fixedSize()).hasValue(new PictureSize(224, 224));
    assertThat(read(Map.of("resize", 256)).sizeIsFixed()).isFalse();
    assertThat(read(Map.of("resize", 256)).fixedSize()).isEmpty();
  }

  @Test
  void aLearnersLastStepDecidesWhetherAllPicturesGetOneSize() {
    FastaiTransform longer = new FastaiTransform.RatioResize(64, ResizeFilter.BILINEAR);
    FastaiTransform crop = new FastaiTransform.CropPad(new PictureSize(48, 40), Padding.ZEROS);

    assertThat(LearnerSteps.NONE.sizeIsFixed()).isFalse();
    assertThat(new LearnerSteps(List.of(longer), List.of()).sizeIsFixed()).isFalse();
    assertThat(new LearnerSteps(List.of(crop, longer), List.of()).sizeIsFixed()).isFalse();
    assertThat(new LearnerSteps(List.of(longer, crop), List.of()).sizeIsFixed()).isTrue();
    GridResize squish =
        new GridResize(
            "Flip",
            new PictureSize(48, 40),
            GridMode.BILINEAR,
            Padding.ZEROS,
            true,
            Optional.empty());
    assertThat(new LearnerSteps(List.of(), List.of(squish)).sizeIsFixed()).isTrue();
    assertThat(new LearnerSteps(List.of(longer), List.of(squish)).sizeIsFixed()).isTrue();
  }

  @Test
  void meanAndStdAreTakenOffAndDividedByInThisOrder() {
    PictureSettings settings =
        read(Map.of("mean", List.of(0.5, 0, 1), "std", List.of(0.5, 0.25, 2.0)));

    float[] white = new float[3];
    settings
        .normalizer()
        .write(
            new RgbImage(1, 1, new byte[] {-1, -1, -1}),
            TensorLayout.NHWC,
            FloatBuffer.wrap(white));
    assertThat(white).containsExactly(1, 4, 0);
  }

  @Test
  void whatCannotBeIsRefusedWithKeyValueAndExpectation() {
    assertRefused(Map.of("std", List.of(1, 0, 1)), "std: [1, 0, 1] (expected: 3 numbers > 0)");
    assertRefused(Map.of("mean", List.of(1, 2)), "mean: [1, 2] (expected: a list of 3 numbers)");
    assertRefused(
        Map.of("imageSize", List.of(96, 5000)),
        "imageSize: [96, 5000] (expected: 1 to 4096 pixels a side)");
    assertRefused(Map.of("centerCrop", 0), "centerCrop: 0 (expected: 1 to 4096 pixels a side)");
    assertRefused(
        Map.of("imageSize", List.of(96, 128), "resize", 96),
        "resize: 96 (expected: not together with imageSize)");
  }

  @Test
  void describeNamesWhatIsDone() {
    assertThat(read(Map.of("resize", 256, "centerCrop", 224)).describe())
        .containsEntry("resize", 256)
        .containsEntry("centerCrop", List.of(224, 224))
        .containsKeys("mean", "std")
        .doesNotContainKey("imageSize");
  }
}
