package dev.sconce.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The bytes of a JPEG as markers and, between them, entropy-coded bits (ITU-T T.81, annexes B and
 * F). Owned by one reading.
 *
 * <p>Damage is met as libjpeg-turbo meets it (jdhuff.c, jdmarker.c): an unknown code counts as
 * zero, a marker amid the data is followed by endless zeros, a wrong restart marker is skipped or
 * waited for. The end of the bytes is met as Pillow meets it, whose source suspends there: data
 * that ends with no marker is truncated, even if only the EOI is missing.
 */
final class JpegStream {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  /** A code of 16 bits and a value of 15 fit. */
  private static final int ENOUGH = 32;

  /** There is no other marker. */
  static final int NO_MARKER = -1;

  private static final int LOOKUP_SHIFT = Long.SIZE - JpegHuffman.LOOKAHEAD;

  private final EncodedPicture picture;
  private final byte[] data;
  private int position;

  /** The next bits, the first of them in the highest place; zeros follow the last. */
  private long bits;

  private int count;

  /** How many of the bits are zeros put behind the data's end. */
  private int padding;

  /** The marker that was met and not yet taken, or 0; the position is behind it. */
  private int marker;

  private boolean starved;
  private int nextRestart;

  JpegStream(EncodedPicture picture, int position) {
    this.picture = picture;
    this.data = picture.bytes();
    this.position = position;
  }

  /** Behind the last marker taken, or where {@link #seek} put it. */
  int position() {
    return position;
  }

  /** Goes on with what begins at the given place: a marker, or a scan's bits. */
  void seek(int newPosition) {
    position = newPosition;
    nextRestart = 0;
    starved = false;
    clear();
  }

  private void clear() {
    bits = 0;
    count = 0;
    padding = 0;
  }

  /** Takes the next marker, skipping whatever stands before it; -1 at the end. */
  int nextMarker() {
    while (marker == 0 && position < data.length) {
      if (data[position++] == (byte) 0xFF) {
        readEscaped();
      }
    }
    int taken = marker == 0 ? NO_MARKER : marker;
    marker = 0;
    clear();
    return taken;
  }

  /**
   * Whether a marker cut the data short: up to the next restart, MCUs are to be left as they are.
   */
  boolean isStarved() {
    return starved;
  }

  /** To be called after each MCU: notices that its bits were not all there. */
  void endMcu() {
    starved |= count < padding;
  }

  /** The next symbol. At least 15 bits stand ready after it. */
  int symbol(JpegHuffman table) {
    if (count < ENOUGH) {
      fill();
    }
    int entry = table.codes()[(int) (bits >>> LOOKUP_SHIFT)];
    if (entry != 0) {
      skip(entry >> 8);
      return entry & 0xFF;
    }
    int next = (int) (bits >>> (Long.SIZE - 17));
    int length = table.length(next);
    skip(length);
    return table.symbol(next >> (17 - length), length);
  }

  /** The signed value of the given size that follows a symbol. */
  int value(int size) {
    return size == 0 ? 0 : JpegHuffman.extend(number(size), size);
  }

  /** The unsigned number of at most 15 bits that follows a symbol. */
  int number(int size) {
    int number = (int) (bits >>> 1 >>> (Long.SIZE - 1 - size));
    skip(size);
    return number;
  }

  /** One bit, anywhere. */
  int bit() {
    if (count < 1) {
      fill();
    }
    return number(1);
  }

  private void skip(int size) {
    bits <<= size;
    count -= size;
  }

  /**
   * The AC coefficients of a sequential block, dequantised, into zeros.
   *
   * @param block coefficients as {@link JpegIdct} lays them out, the block's in the given lane
   */
  void coefficients(JpegHuffman table, int[] quantisation, int[] block, int lane) {
    int[] runs = table.runs();
    int k = 0;
    while (k < 63) {
      if (count < ENOUGH) {
        fill();
      }
      int run = runs[(int) (bits >>> LOOKUP_SHIFT)];
      skip(run & 0xFF);
      if (run == 0) {
        int symbol = symbol(table);
        run = JpegHuffman.run(symbol, value(symbol & 15));
      }
      k += (run >> 8 & 0xFF) + 1;
      int value = run >> 16;
      if (value != 0) {
        block[JpegIdct.PLACE[k] + lane] = value * quantisation[Math.min(k, 63)];
      }
    }
  }

  private void fill() {
    int at = position;
    if (at + 4 <= data.length && marker == 0) {
      int next = (int) INT.get(data, at);
      if ((~next - 0x01010101 & next & 0x80808080) == 0) { // none of the bytes is 0xFF
        bits |= (next & 0xFFFFFFFFL) << (ENOUGH - count);
        count += 32;
        position = at + 4;
        return;
      }
    }
    fillByBytes();
  }

  private void fillByBytes() {
    while (count < ENOUGH && marker == 0 && position < data.length) {
      int next = data[position++] & 0xFF;
      if (next == 0xFF && !readEscaped()) {
        break;
      }
      bits |= (long) next << (Long.SIZE - 8 - count);
      count += 8;
    }
    if (count < ENOUGH) {
      if (marker == 0) {
        throw picture.truncated();
      }
      padding += ENOUGH - count;
      count = ENOUGH;
    }
  }

  /**
   * Behind a 0xFF: whether that is an escaped byte of data. If not, it begins a marker, or the end.
   */
  private boolean readEscaped() {
    while (position < data.length) {
      int next = data[position++] & 0xFF;
      if (next != 0xFF) {
        marker = next;
        return next == 0;
      }
    }
    return false;
  }

  /** Goes on behind the next restart marker; a wrong one is met as in jpeg_resync_to_restart. */
  void restart() {
    int wanted = nextRestart;
    nextRestart = wanted + 1 & 7;
    int found = nextMarker();
    while (found < 0xC0 || isPassed(found, wanted)) {
      if (found == NO_MARKER) {
        throw picture.truncated();
      }
      found = nextMarker();
    }
    boolean isRestart = found >= 0xD0 && found <= 0xD7;
    int ahead = found - wanted & 7;
    if (!isRestart || ahead == 1 || ahead == 2) {
      marker = found; // it stays where it is: this interval is empty
    } else {
      starved = false;
    }
  }

  private static boolean isPassed(int marker, int wanted) {
    return marker >= 0xD0 && marker <= 0xD7 && (marker - wanted & 7) >= 6;
  }
}
