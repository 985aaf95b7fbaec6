package dev.sconce.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** BigTIFF has fields of 64 bits, which sums of 64 bits do not hold. */
class BigTiffTest {
  private static final int SHORT = 3;
  private static final int LONG8 = 16;

  /** Pillow 13.0.0 gives the same four greys for each. */
  @ParameterizedTest
  @ValueSource(longs = {2, 3, 1L << 32, Long.MAX_VALUE})
  void aStripMayClaimMoreRowsThanThePictureHas(long rowsPerStrip) {
    RgbImage picture = GoldenPictures.decode(greys(rowsPerStrip));

    assertThat(picture.pixels()).containsExactly(10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40);
  }

  /** Two rows of two greys, little-endian, not compressed. */
  private static byte[] greys(long rowsPerStrip) {
    long[][] entries = {
      {256, SHORT, 2},
      {257, SHORT, 2},
      {258, SHORT, 8},
      {259, SHORT, 1},
      {262, SHORT, 1},
      {273, LONG8, 212},
      {277, SHORT, 1},
      {278, LONG8, rowsPerStrip},
      {279, SHORT, 4}
    };
    ByteBuffer tiff = ByteBuffer.allocate(216).order(ByteOrder.LITTLE_ENDIAN);
    tiff.putShort((short) 0x4949).putShort((short) 43).putShort((short) 8).putShort((short) 0);
    tiff.putLong(16).putLong(entries.length);
    for (long[] entry : entries) {
      tiff.putShort((short) entry[0]).putShort((short) entry[1]).putLong(1).putLong(entry[2]);
    }
    return tiff.putLong(0).put(new byte[] {10, 20, 30, 40}).array();
  }
}
