package dev.sconce.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every golden picture has the pixels that Pillow gives it, before and after resizing. */
class PillowPixelsTest {
  /** What Pillow opens and this room does not, as {@link ImageDecoder} says. */
  private static final Set<String> NOT_SUPPORTED =
      Set.of("tiff/lab.tif", "tiff/ycbcr.tif", "tiff/group3.tif", "tiff/group4.tif");

  /** A sound file that Pillow takes for a small TIFF and refuses. */
  private static final Set<String> MORE_THAN_PILLOW = Set.of("tiff/big-be.tif");

  static List<String[]> readable() {
    return GoldenPictures.table("pictures.tsv").stream()
        .filter(line -> line.length > 2 && !NOT_SUPPORTED.contains(line[0]))
        .toList();
  }

  static List<String> refused() {
    return GoldenPictures.table("pictures.tsv").stream()
        .filter(line -> line.length == 2 || NOT_SUPPORTED.contains(line[0]))
        .map(line -> line[0])
        .filter(path -> !MORE_THAN_PILLOW.contains(path))
        .toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("readable")
  void pixelsAreThoseOfPillowBeforeAndAfterResizing(
      String path, int width, int height, String rgb, String resized) {
    RgbImage image = GoldenPictures.decode(path);

    assertThat(List.of(image.width(), image.height())).containsExactly(width, height);
    assertThat(GoldenPictures.sha(image.pixels())).isEqualTo(rgb);
    RgbImage square = PictureTransform.imageSize(224, 224).apply(image);
    assertThat(GoldenPictures.sha(square.pixels())).isEqualTo(resized);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatPillowRefusesIsABadRequestThatNamesTheFormat(String path) {
    String format = path.substring(0, path.indexOf('/'));

    assertThatThrownBy(() -> GoldenPictures.decode(path))
        .isInstanceOfSatisfying(
            ServingException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST);
              assertThat(e).hasMessageMatching("(?i)" + format + ": .{10,}");
            });
  }

  @Test
  void bigEndianBigTiffIsReadThoughPillowMistakesItsHeader() {
    byte[] big = GoldenPictures.decode("tiff/big-be.tif").pixels();

    assertThat(big).isEqualTo(GoldenPictures.decode("tiff/big-le.tif").pixels());
  }

  @Test
  void allKindsOfPicturesAreAmongThem() {
    List<String> formats =
        readable().stream().map(line -> line[0].replaceFirst("/.*", "")).distinct().toList();

    assertThat(formats).containsExactly("jpeg", "png", "gif", "bmp", "webp", "tiff");
    assertThat(readable()).hasSizeGreaterThan(550);
  }

  @Test
  void aBufferIsReadFromItsPositionToItsLimitAndLeftAsItIs() {
    byte[] picture = GoldenPictures.bytes("png/rgb8.png");
    ByteBuffer buffer = ByteBuffer.allocateDirect(picture.length + 20);
    buffer.position(7).put(picture).flip().position(7);

    RgbImage image = GoldenPictures.DECODER.decode(buffer.asReadOnlyBuffer());
    RgbImage again = GoldenPictures.DECODER.decode(buffer);

    assertThat(Arrays.equals(image.pixels(), again.pixels())).isTrue();
    assertThat(image.pixels()).isEqualTo(GoldenPictures.decode(picture).pixels());
    assertThat(buffer.position()).isEqualTo(7);
  }
}
