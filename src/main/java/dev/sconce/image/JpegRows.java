package dev.sconce.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/** Assembles a JPEG's pixels, row by row, from the samples of its components. */
final class JpegRows {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final JpegColour colour;
  private final List<JpegUpsampler> upsamplers;
  private final int[][] even;
  private final int[][] odd;
  private final int[][] rgb;
  private final int[] evenPixels;
  private final int[] oddPixels;

  private JpegRows(JpegFrame frame, JpegColour colour) {
    int half = JpegFrame.ceilDiv(frame.width(), 2);
    this.colour = colour;
    this.upsamplers =
        frame.components().stream().map(component -> new JpegUpsampler(component, frame)).toList();
    this.even = new int[upsamplers.size()][half];
    this.odd = new int[upsamplers.size()][half];
    this.rgb = new int[3][half];
    this.evenPixels = new int[half];
    this.oddPixels = new int[half];
  }

  /** The picture, once all samples are decoded. */
  static RgbImage assemble(JpegFrame frame, JpegColour colour) {
    JpegRows rows = new JpegRows(frame, colour);
    byte[] pixels = new byte[3 * frame.width() * frame.height()];
    for (int y = 0; y < frame.height(); y++) {
      rows.fill(y);
      rows.store(frame.width(), pixels, 3 * frame.width() * y);
    }
    return new RgbImage(frame.width(), frame.height(), pixels);
  }

  private void fill(int y) {
    for (int i = 0; i < even.length; i++) {
      upsamplers.get(i).row(y, even[i], odd[i]);
    }
    colour.toRgb(even, rgb);
    merge(rgb[0], rgb[1], rgb[2], evenPixels);
    colour.toRgb(odd, rgb);
    merge(rgb[0], rgb[1], rgb[2], oddPixels);
  }

  private static void merge(int[] red, int[] green, int[] blue, int[] pixels) {
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = red[i] | green[i] << 8 | blue[i] << 16;
    }
  }

  /** Interleaves both halves of a row: four pixels are three ints. */
  private void store(int width, byte[] out, int start) {
    int at = start;
    int x = 0;
    for (; x + 4 <= width; x += 4, at += 12) {
      int third = evenPixels[x / 2 + 1];
      int second = oddPixels[x / 2];
      INT.set(out, at, evenPixels[x / 2] | second << 24);
      INT.set(out, at + 4, second >>> 8 | third << 16);
      INT.set(out, at + 8, third >>> 16 | oddPixels[x / 2 + 1] << 8);
    }
    for (; x < width; x++, at += 3) {
      int pixel = ((x & 1) == 0 ? evenPixels : oddPixels)[x / 2];
      out[at] = (byte) pixel;
      out[at + 1] = (byte) (pixel >> 8);
      out[at + 2] = (byte) (pixel >> 16);
    }
  }
}
