package dev.sconce.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pictures cut short or changed in a bit: where Pillow bridges the damage the pixels are its own,
 * where it refuses they are refused.
 */
class DamagedPicturesTest {
  private static final String REFUSED = "refused";

  /** JPEGs whose coefficients leave 16 bits, as {@link ImageDecoder} says. */
  private static final Set<String> OTHER_PIXELS =
      Set.of("jpeg/baseline-444.jpg flip 891 8", "jpeg/baseline-444.jpg flip 947 8");

  static List<String> paths() {
    return GoldenPictures.table("damaged.tsv").stream().map(line -> line[0]).distinct().toList();
  }

  @ParameterizedTest
  @MethodSource("paths")
  void damageIsBridgedOrRefusedAsByPillow(String path) {
    byte[] sound = GoldenPictures.bytes(path);
    for (String[] line : GoldenPictures.table("damaged.tsv")) {
      String damage = path + " " + line[1];
      if (line[0].equals(path) && !OTHER_PIXELS.contains(damage)) {
        assertThat(result(damaged(sound, line[1]))).as(damage).isEqualTo(line[2]);
      }
    }
  }

  private static String result(byte[] bytes) {
    try {
      return GoldenPictures.shortSha(GoldenPictures.decode(bytes));
    } catch (ServingException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.BAD_REQUEST);
      return REFUSED;
    }
  }

  /** {@code cut LENGTH} or {@code flip PLACE MASK}. */
  private static byte[] damaged(byte[] sound, String damage) {
    String[] words = damage.split(" ");
    int number = Integer.parseInt(words[1]);
    if (words[0].equals("cut")) {
      return Arrays.copyOf(sound, number);
    }
    byte[] bytes = sound.clone();
    bytes[number] ^= (byte) Integer.parseInt(words[2]);
    return bytes;
  }
}
