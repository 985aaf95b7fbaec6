package dev.sconce.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/** Assembles a JPEG's pixels, row by row, from the samples of its components. */
final class JpegRows {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final JpegColour colour;
  private final List<JpegUpsampler> upsamplers;
  private final int[][] samples;
  private final int[][] rgb;
  private final int[] pixels;

  private JpegRows(JpegFrame frame, JpegColour colour) {
    int width = 4 * JpegFrame.ceilDiv(frame.width(), 4);
    this.colour = colour;
    this.upsamplers =
        frame.components().stream().map(component -> new JpegUpsampler(component, frame)).toList();
    this.samples = new int[upsamplers.size()][width];
    this.rgb = new int[3][width];
    this.pixels = new int[width];
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
    for (int i = 0; i < samples.length; i++) {
      upsamplers.get(i).row(y, samples[i]);
    }
    colour.toRgb(samples, rgb);
    merge(rgb[0], rgb[1], rgb[2], pixels);
  }

  private static void merge(int[] red, int[] green, int[] blue, int[] pixels) {
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = red[i] | green[i] << 8 | blue[i] << 16;
    }
  }

  /** Interleaves the four quarters of a row: four pixels are a long and an int. */
  private void store(int width, byte[] out, int start) {
    int quarter = pixels.length / 4;
    int whole = width / 4;
    for (int i = 0; i < whole; i++) {
      int second = pixels[quarter + i];
      int third = pixels[2 * quarter + i];
      int at = start + 12 * i;
      LONG.set(out, at, (long) third << 48 | (long) second << 24 | pixels[i]);
      INT.set(out, at + 8, third >>> 16 | pixels[3 * quarter + i] << 8);
    }
    for (int x = 4 * whole; x < width; x++) {
      int pixel = pixels[x % 4 * quarter + whole];
      int at = start + 3 * x;
      out[at] = (byte) pixel;
      out[at + 1] = (byte) (pixel >> 8);
      out[at + 2] = (byte) (pixel >> 16);
    }
  }
}
