package dev.sconce.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * Writes pictures whose pixels are numbers of colours, as PNG with a palette: programs show the
 * colours, and those that ask (Pillow in mode {@code P}) get the numbers back.
 *
 * <p>W3C PNG specification, third edition: colour type 3, depth 8, no filter, not interlaced.
 */
public final class PalettePng {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int COLOURS = 256;

  private PalettePng() {}

  /**
   * The file's bytes.
   *
   * @param pixels uint8 numbers of colours, row by row, {@code height * width} of them
   * @throws IllegalArgumentException if there are more or fewer, or a side is not positive
   */
  public static byte[] encode(int height, int width, byte[] pixels) {
    if (height < 1 || width < 1 || pixels.length != (long) height * width) {
      throw new IllegalArgumentException(
          width + " x " + height + " pixels in " + pixels.length + " bytes");
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    png.writeBytes(SIGNATURE);
    byte[] depthToInterlace = {8, 3, 0, 0, 0};
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    chunk(png, "IHDR", header.put(depthToInterlace).array());
    chunk(png, "PLTE", palette());
    chunk(png, "IDAT", deflated(width, pixels));
    chunk(png, "IEND", new byte[0]);
    return png.toByteArray();
  }

  private static void chunk(ByteArrayOutputStream png, String type, byte[] content) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(content);
    png.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
    png.writeBytes(name);
    png.writeBytes(content);
    png.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }

  /** Each row begins with the number of its filter, 0. */
  private static byte[] deflated(int width, byte[] pixels) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION);
    DeflaterOutputStream rows = new DeflaterOutputStream(compressed, deflater);
    try (rows) {
      for (int from = 0; from < pixels.length; from += width) {
        rows.write(0);
        rows.write(pixels, from, width);
      }
    } catch (IOException e) {
      throw new IllegalStateException("memory cannot fail to be written to", e);
    } finally {
      deflater.end();
    }
    return compressed.toByteArray();
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
