package dev.sconce.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** Writes pictures as PNG. Safe from any thread. */
public final class PngFile {
  /** What the files are, for a {@code content-type}. */
  public static final String MEDIA_TYPE = "image/png";

  private static final int COLOURS = 256;

  private PngFile() {}

  /** The picture as a file of 8-bit RGB. */
  public static byte[] of(RgbImage picture) {
    BufferedImage image =
        new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_3BYTE_BGR);
    byte[] bgr = bytes(image);
    byte[] rgb = picture.pixels();
    for (int i = 0; i < rgb.length; i += 3) {
      bgr[i] = rgb[i + 2];
      bgr[i + 1] = rgb[i + 1];
      bgr[i + 2] = rgb[i];
    }
    return encoded(image);
  }

  /**
   * A file whose pixels are numbers of colours in its palette: programs show the colours, and those
   * that ask (Pillow in mode {@code P}) get the numbers back.
   *
   * @param numbers uint8, row by row, {@code height * width} of them
   * @throws IllegalArgumentException if there are more or fewer, or a side is not positive
   */
  public static byte[] ofNumbers(int height, int width, byte[] numbers) {
    if (height < 1 || width < 1 || numbers.length != (long) height * width) {
      throw new IllegalArgumentException(
          width + " x " + height + " pixels in " + numbers.length + " bytes");
    }
    IndexColorModel colours = new IndexColorModel(8, COLOURS, palette(), 0, false);
    BufferedImage image =
        new BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED, colours);
    System.arraycopy(numbers, 0, bytes(image), 0, numbers.length);
    return encoded(image);
  }

  private static byte[] bytes(BufferedImage image) {
    return ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
  }

  private static byte[] encoded(BufferedImage image) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", file);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // nothing outside memory is written to
    }
    return file.toByteArray();
  }

  /**
   * The PASCAL VOC colours, as segmentation data sets use them: the bits of a number, from the
   * lowest on, go to red, green and blue in turn, into each from the highest on. 0 is black, 1 dark
   * red, 2 dark green.
   */
  static byte[] palette() {
    byte[] palette = new byte[3 * COLOURS];
    for (int number = 0; number < COLOURS; number++) {
      for (int bit = 0; bit < 8; bit++) {
        int at = 3 * number + bit % 3;
        palette[at] |= (byte) ((number >> bit & 1) << (7 - bit / 3));
      }
    }
    return palette;
  }
}
