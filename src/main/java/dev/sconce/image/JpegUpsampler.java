package dev.sconce.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Brings the rows of one JPEG component to the picture's size, as libjpeg-turbo does with its
 * default "fancy upsampling" (jdsample.c): halved components are interpolated with weights 3 and 1
 * in each halved direction; every other ratio, and a component that is halved across but less than
 * three samples wide, is repeated. Owned by one reading.
 *
 * <p>Every fourth column is kept apart, one int to a sample, so that four samples are read at once
 * and the JVM's compiler can turn the loops into vector instructions.
 */
final class JpegUpsampler {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private final JpegComponent component;
  private final byte[] samples;
  private final int across;
  private final int down;
  private final boolean smoothAcross;
  private final int quarter;
  private final int[] quads;
  private final int[] otherQuads;
  private final int[] column;
  private final int[] near;
  private final int[] far;

  /** If smooth across: rows of samples at the row's number modulo 4, even and odd columns apart. */
  private final int[][] evens;

  private final int[][] odds;
  private final int[] loaded = {-1, -1, -1, -1};

  JpegUpsampler(JpegComponent component, JpegFrame frame) {
    this.component = component;
    this.samples = component.samples();
    this.across = frame.maxHorizontal() / component.horizontal();
    this.down = frame.maxVertical() / component.vertical();
    this.smoothAcross = across == 2 && component.width() >= 3;
    this.quarter = JpegFrame.ceilDiv(frame.width(), 4);
    this.quads = new int[quarter];
    this.otherQuads = new int[quarter];
    this.column = new int[quarter];
    this.near = new int[quarter];
    this.far = new int[quarter];
    this.evens = new int[loaded.length][smoothAcross ? quarter : 0];
    this.odds = new int[loaded.length][smoothAcross ? quarter : 0];
  }

  /** The picture's row {@code y}: its columns 0, 4, 8 ..., then 1, 5, 9 ... and so on. */
  void row(int y, int[] out) {
    int row = y / down;
    if (smoothAcross && down <= 2) {
      spread(y, row, out);
    } else if (across == 1) {
      split(y, row, out);
    } else {
      repeat(row * component.stride(), out);
    }
  }

  /** The row that is second nearest to the picture's row {@code y}. */
  private int neighbour(int y) {
    int row = y / 2 + ((y & 1) == 0 ? -1 : 1);
    return Math.max(0, Math.min(component.height() - 1, row));
  }

  private void split(int y, int row, int[] out) {
    read(row, quads);
    if (down == 2) {
      read(neighbour(y), otherQuads);
    }
    for (int which = 0; which < 4; which++) {
      pick(quads, which, near);
      if (down == 2) {
        pick(otherQuads, which, far);
        blend(near, far, 1 + (y & 1), 2, near);
      }
      System.arraycopy(near, 0, out, which * quarter, quarter);
    }
  }

  /** A row's samples, four in an int, the first lowest. */
  private void read(int row, int[] out) {
    int at = row * component.stride();
    for (int i = 0; i < out.length; i++) {
      out[i] = (int) INT.get(samples, at + 4 * i);
    }
  }

  private static void pick(int[] quads, int which, int[] out) {
    int shift = 8 * which;
    for (int i = 0; i < out.length; i++) {
      out[i] = quads[i] >>> shift & 0xFF;
    }
  }

  private void repeat(int at, int[] out) {
    for (int i = 0; i < out.length; i++) {
      int x = i % quarter * 4 + i / quarter;
      out[i] = samples[at + x / across] & 0xFF;
    }
  }

  private void spread(int y, int row, int[] out) {
    load(row);
    int[] even = evens[row & 3];
    int[] odd = odds[row & 3];
    if (down == 2) {
      int other = neighbour(y);
      load(other);
      blend(even, evens[other & 3], 0, 0, near);
      blend(odd, odds[other & 3], 0, 0, far);
      even = near;
      odd = far;
    }
    spread(even, odd, out);
  }

  /** Interpolates across: each column between itself and its left, then its right neighbour. */
  private void spread(int[] even, int[] odd, int[] out) {
    int last = quarter - 1;
    quads[0] = even[0];
    System.arraycopy(odd, 0, quads, 1, last);
    otherQuads[last] = odd[last];
    System.arraycopy(even, 1, otherQuads, 0, last);
    int left = down == 2 ? 8 : 1;
    int right = down == 2 ? 7 : 2;
    spread(even, quads, left, out, 0);
    spread(even, odd, right, out, quarter);
    spread(odd, even, left, out, 2 * quarter);
    spread(odd, otherQuads, right, out, 3 * quarter);
  }

  /** A quarter of the row; by way of an array of its own, which keeps the loop a vector one. */
  private void spread(int[] own, int[] neighbours, int bias, int[] out, int at) {
    blend(own, neighbours, bias, down == 2 ? 4 : 2, column);
    System.arraycopy(column, 0, out, at, quarter);
  }

  /** Reads a row of a component that is halved across, unless it is there. */
  private void load(int row) {
    int place = row & 3;
    if (loaded[place] == row) {
      return;
    }
    loaded[place] = row;
    int[] even = evens[place];
    int[] odd = odds[place];
    int at = row * component.stride();
    for (int i = 0; i < even.length; i++) {
      int pair = (short) SHORT.get(samples, at + 2 * i);
      even[i] = pair & 0xFF;
      odd[i] = pair >> 8 & 0xFF;
    }
    if (component.width() % 2 == 1) { // beyond the last sample is that sample again
      odd[quarter - 1] = even[quarter - 1];
    }
  }

  /** Three parts of {@code near} and one of {@code far}, divided by a power of two. */
  private static void blend(int[] near, int[] far, int bias, int shift, int[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = (3 * near[i] + far[i] + bias) >> shift;
    }
  }
}
