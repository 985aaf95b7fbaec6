package dev.sconce.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Read back by the JDK's own reader. */
class PalettePngTest {
  private static final int HEIGHT = 16;
  private static final int WIDTH = 17;

  private static byte[] numbers() {
    byte[] pixels = new byte[HEIGHT * WIDTH];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) i;
    }
    return pixels;
  }

  private static BufferedImage read(byte[] png) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  @Test
  void everyPixelKeepsItsNumber() throws IOException {
    BufferedImage picture = read(PalettePng.encode(HEIGHT, WIDTH, numbers()));

    assertThat(picture.getColorModel()).isInstanceOf(IndexColorModel.class);
    int[] read = picture.getRaster().getPixels(0, 0, WIDTH, HEIGHT, (int[]) null);
    assertThat(read).hasSize(HEIGHT * WIDTH);
    for (int i = 0; i < read.length; i++) {
      assertThat(read[i]).isEqualTo(i & 0xff);
    }
  }

  /** As the development kit of PASCAL VOC lists them. */
  @ParameterizedTest
  @CsvSource({
    "0, 000000",
    "1, 800000",
    "2, 008000",
    "3, 808000",
    "4, 000080",
    "8, 400000",
    "15, c08080",
    "20, 004080",
    "21, 804080",
    "255, e0e0c0"
  })
  void itsColoursAreThoseOfPascalVoc(int number, String colour) throws IOException {
    BufferedImage picture = read(PalettePng.encode(1, 1, new byte[] {(byte) number}));

    assertThat("%06x".formatted(picture.getRGB(0, 0) & 0xffffff)).isEqualTo(colour);
  }

  @Test
  void aMaskOfAnotherSizeIsAnError() {
    assertThatThrownBy(() -> PalettePng.encode(2, 3, new byte[7]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 x 2 pixels in 7 bytes");
    assertThatThrownBy(() -> PalettePng.encode(0, 3, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
