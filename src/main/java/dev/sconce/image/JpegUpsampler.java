package dev.sconce.image;

/**
 * Brings the rows of one JPEG component to the picture's size, as libjpeg-turbo does with its
 * default "fancy upsampling" (jdsample.c): halved components are interpolated with weights 3 and 1
 * in each halved direction; every other ratio, and a component that is halved across but less than
 * three samples wide, is repeated. Owned by one reading.
 *
 * <p>Even and odd columns are kept apart, one int to a sample, so that the JVM's compiler can turn
 * the loops into vector instructions.
 */
final class JpegUpsampler {
  private final JpegComponent component;
  private final byte[] samples;
  private final int across;
  private final int down;
  private final boolean smoothAcross;
  private final int[] first;
  private final int[] second;

  JpegUpsampler(JpegComponent component, JpegFrame frame) {
    this.component = component;
    this.samples = component.samples();
    this.across = frame.maxHorizontal() / component.horizontal();
    this.down = frame.maxVertical() / component.vertical();
    this.smoothAcross = across == 2 && component.width() >= 3;
    this.first = new int[JpegFrame.ceilDiv(frame.width(), 2)];
    this.second = new int[first.length];
  }

  /** The picture's row {@code y}: its columns 0, 2, 4 ... and 1, 3, 5 ... */
  void row(int y, int[] even, int[] odd) {
    int row = y / down;
    int at = row * component.stride();
    if (smoothAcross && down <= 2) {
      read(at, first);
      if (down == 2) {
        read(neighbour(y), second);
        blend(second, first, 0, 0);
      }
      spread(even, odd);
    } else if (across == 1) {
      split(at, even, odd);
      if (down == 2) {
        split(neighbour(y), first, second);
        blend(first, even, 1 + (y & 1), 2);
        blend(second, odd, 1 + (y & 1), 2);
      }
    } else {
      repeat(at, even, odd);
    }
  }

  /** Where the row begins that is second nearest to the picture's row {@code y}. */
  private int neighbour(int y) {
    int row = y / 2 + ((y & 1) == 0 ? -1 : 1);
    return Math.max(0, Math.min(component.height() - 1, row)) * component.stride();
  }

  private void read(int at, int[] out) {
    for (int i = 0; i < out.length; i++) {
      out[i] = samples[at + i] & 0xFF;
    }
  }

  private void split(int at, int[] even, int[] odd) {
    for (int i = 0; i < even.length; i++) {
      even[i] = samples[at + 2 * i] & 0xFF;
      odd[i] = samples[at + 2 * i + 1] & 0xFF;
    }
  }

  private void repeat(int at, int[] even, int[] odd) {
    for (int i = 0; i < even.length; i++) {
      even[i] = samples[at + 2 * i / across] & 0xFF;
      odd[i] = samples[at + (2 * i + 1) / across] & 0xFF;
    }
  }

  /** Interpolates across: each column between itself and its left, then its right neighbour. */
  private void spread(int[] even, int[] odd) {
    int last = first.length - 1;
    even[0] = first[0];
    System.arraycopy(first, 0, even, 1, last);
    System.arraycopy(first, 1, odd, 0, last);
    odd[last] = first[last];
    boolean both = down == 2;
    blendInto(even, first, both ? 8 : 1, both ? 4 : 2);
    blendInto(odd, first, both ? 7 : 2, both ? 4 : 2);
  }

  /** Three parts of {@code near} and one of {@code far}, divided by a power of two, into near. */
  private static void blend(int[] far, int[] near, int bias, int shift) {
    for (int i = 0; i < near.length; i++) {
      near[i] = (3 * near[i] + far[i] + bias) >> shift;
    }
  }

  /** The same into {@code far}. */
  private static void blendInto(int[] far, int[] near, int bias, int shift) {
    for (int i = 0; i < far.length; i++) {
      far[i] = (3 * near[i] + far[i] + bias) >> shift;
    }
  }
}
