package dev.sconce.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The samples of a TIFF that count, brought to eight bits and to their places in the picture, and
 * from there to RGB (Pillow's Unpack.c and Convert.c). Owned by one reading.
 */
final class TiffSamples {
  private final TiffLayout layout;
  private final TiffColour colour;
  private final ByteOrder order;
  private final boolean isFloat;
  private final boolean isSigned;
  private final int channels;
  private final byte[] bytes;

  TiffSamples(TiffDirectory directory, TiffLayout layout, TiffColour colour) {
    this.layout = layout;
    this.colour = colour;
    this.order = directory.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    this.isFloat = TiffColour.isFloat(directory);
    this.isSigned = TiffColour.isSigned(directory);
    this.channels = colour.kind().channels();
    this.bytes = new byte[channels * layout.width() * layout.height()];
  }

  /**
   * Takes the rows of a segment.
   *
   * @param left the picture's column that the segment begins with
   * @param plane which channel the segment holds, if each has segments of its own
   */
  void put(byte[] data, int left, int top, int rows, int plane) {
    ByteBuffer segment = ByteBuffer.wrap(data).order(order);
    int columns = Math.min(layout.segmentWidth(), layout.width() - left);
    int together = Math.min(layout.samplesTogether(), channels);
    for (int y = 0; y < rows; y++) {
      int from = y * (int) layout.rowBytes();
      int to = ((top + y) * layout.width() + left) * channels + plane;
      for (int x = 0; x < columns; x++) {
        for (int i = 0; i < together; i++) {
          bytes[to + x * channels + i] = sample(segment, from, x * layout.samplesTogether() + i);
        }
      }
    }
  }

  private byte sample(ByteBuffer segment, int row, int index) {
    int bits = layout.bits();
    if (bits == 8) {
      return segment.get(row + index);
    }
    if (bits < 8) {
      int bit = index * bits;
      return (byte) (segment.get(row + bit / 8) >> (8 - bits - bit % 8) & (1 << bits) - 1);
    }
    if (bits == 16) {
      int value = segment.getShort(row + 2 * index);
      return colour.kind() == TiffColour.Kind.INDEXED
          ? clip(isSigned ? value : value & 0xFFFF)
          : (byte) (value >> 8);
    }
    return isFloat
        ? clip((int) segment.getFloat(row + 4 * index))
        : clip(segment.getInt(row + 4 * index));
  }

  private static byte clip(int value) {
    return (byte) Math.max(0, Math.min(255, value));
  }

  /** The picture, once all segments are there. */
  byte[] toRgb() {
    byte[] rgb = channels == 3 ? bytes : new byte[3 * layout.width() * layout.height()];
    switch (colour.kind()) {
      case INDEXED -> colour.palette().expand(bytes, 0, 8, bytes.length, rgb, 0, 3);
      case CMYK -> print(rgb);
      case PREMULTIPLIED_RGB -> divide(rgb);
      case RGB -> {}
    }
    return rgb;
  }

  /** Takes the inks from the white that black leaves. */
  private void print(byte[] rgb) {
    for (int from = 0, to = 0; from < bytes.length; from += 4, to += 3) {
      int white = 255 - (bytes[from + 3] & 0xFF);
      for (int i = 0; i < 3; i++) {
        int product = (bytes[from + i] & 0xFF) * white + 128;
        rgb[to + i] = (byte) (white - (((product >> 8) + product) >> 8));
      }
    }
  }

  /** Undoes the multiplication by alpha; what is transparent is black. */
  private void divide(byte[] rgb) {
    for (int from = 0, to = 0; from < bytes.length; from += 4, to += 3) {
      int alpha = bytes[from + 3] & 0xFF;
      for (int i = 0; i < 3 && alpha > 0; i++) {
        rgb[to + i] = clip((bytes[from + i] & 0xFF) * 255 / alpha);
      }
    }
  }
}
