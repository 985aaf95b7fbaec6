package dev.sconce.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every golden picture, changed at random in many ways: whatever comes out is a picture or a {@code
 * BAD_REQUEST}, and takes no more memory than the limit of pixels allows. The seed is the picture's
 * path, so that a failure comes again.
 */
class MutatedPicturesTest {
  private static final int MUTATIONS_PER_PICTURE = 30;
  private static final byte[] TELLING_BYTES = {0, 1, 2, 0x7f, (byte) 0x80, (byte) 0xfe, -1};

  /** 20 bytes for each of a million pixels, and for a TIFF its largest strips and tiles. */
  private static final long MOST_BYTES = (20L << 20) + (2 << 26);

  static List<String> paths() {
    return GoldenPictures.paths();
  }

  @ParameterizedTest
  @MethodSource("paths")
  void aChangedPictureIsDecodedOrRefusedAndNothingElse(String path) {
    byte[] sound = GoldenPictures.bytes(path);
    Random random = new Random(path.hashCode());
    for (int i = 0; i < MUTATIONS_PER_PICTURE; i++) {
      byte[] changed = mutated(sound, random);
      assertThat(HostilePicturesTest.allocatedBy(() -> decode(changed))).isLessThan(MOST_BYTES);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jpeg/4x5-420.jpg",
        "jpeg/5x2-mixed.jpg",
        "png/5x1-adam7.png",
        "gif/bits2.gif",
        "bmp/os2-4.bmp",
        "webp/lossy-7x3.webp",
        "webp/lossless-7x3.webp",
        "tiff/grey2-0-le.tif"
      })
  void aPictureCutAnywhereIsRefusedOrDecodedWhole(String path) {
    byte[] sound = GoldenPictures.bytes(path);
    byte[] pixels = GoldenPictures.decode(sound).pixels();
    for (int length = 0; length < sound.length; length++) {
      try {
        RgbImage image = GoldenPictures.decode(Arrays.copyOf(sound, length));
        assertThat(image.pixels()).as("cut to " + length).isEqualTo(pixels);
      } catch (ServingException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST);
      }
    }
  }

  private static void decode(byte[] bytes) {
    try {
      RgbImage image = GoldenPictures.decode(bytes);
      assertThat(image.pixels()).hasSize(3 * image.width() * image.height());
    } catch (ServingException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST);
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  private static byte[] mutated(byte[] original, Random random) {
    byte[] bytes = original.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes && bytes.length > 0; i++) {
      int reach = random.nextBoolean() ? bytes.length : Math.min(bytes.length, 300);
      int at = random.nextInt(reach);
      switch (random.nextInt(6)) {
        case 0 -> bytes[at] = (byte) random.nextInt();
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes[at] = TELLING_BYTES[random.nextInt(TELLING_BYTES.length)];
        case 3 -> bytes = Arrays.copyOf(bytes, at);
        case 4 -> bytes = without(bytes, at, Math.min(random.nextInt(8), bytes.length - at));
        default -> copyWithin(bytes, at, random);
      }
    }
    return bytes;
  }

  private static byte[] without(byte[] bytes, int at, int count) {
    byte[] shorter = new byte[bytes.length - count];
    System.arraycopy(bytes, 0, shorter, 0, at);
    System.arraycopy(bytes, at + count, shorter, at, shorter.length - at);
    return shorter;
  }

  private static void copyWithin(byte[] bytes, int at, Random random) {
    int from = random.nextInt(bytes.length);
    int count = Math.min(1 + random.nextInt(64), bytes.length - Math.max(at, from));
    System.arraycopy(bytes, from, bytes, at, count);
  }
}
