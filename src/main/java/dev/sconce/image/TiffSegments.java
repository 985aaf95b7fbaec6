package dev.sconce.image;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The decoded segments of a TIFF (TIFF 6.0, sections 9, 13 and 14; Adobe Photoshop TIFF Technical
 * Notes for Deflate), other than JPEG. What is missing is refused, as by libtiff. Owned by one
 * reading.
 */
final class TiffSegments {
  private static final int LZW = 5;
  private static final int DEFLATE = 8;
  private static final int OLD_DEFLATE = 32946;
  private static final int PACK_BITS = 32773;

  private final EncodedPicture picture;
  private final TiffLayout layout;
  private final boolean bigEndian;

  TiffSegments(EncodedPicture picture, TiffLayout layout, boolean bigEndian) {
    this.picture = picture;
    this.layout = layout;
    this.bigEndian = bigEndian;
  }

  /** The first rows of a segment, {@link TiffLayout#rowBytes} each. */
  byte[] read(int segment, int rows) {
    byte[] out = new byte[(int) layout.rowBytes() * rows];
    switch (layout.compression()) {
      case TiffLayout.UNCOMPRESSED -> copy(segment, out);
      case PACK_BITS -> unpackBits(data(segment), out);
      case LZW -> {
        new TiffLzw(picture, data(segment)).decode(out);
        addUp(out);
      }
      case DEFLATE, OLD_DEFLATE -> {
        inflate(data(segment), out);
        addUp(out);
      }
      default ->
          throw picture.fault(
              "compression %d (expected: none, LZW, JPEG, Deflate or PackBits)"
                  .formatted(layout.compression()));
    }
    return out;
  }

  private byte[] data(int segment) {
    int from = (int) Math.min(layout.offset(segment), picture.length());
    byte[] data = Arrays.copyOfRange(picture.bytes(), from, from + layout.length(segment));
    if (layout.hasReversedBits()) {
      reverseBits(data);
    }
    return data;
  }

  private static void reverseBits(byte[] data) {
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (Integer.reverse(data[i]) >>> 24);
    }
  }

  private void copy(int segment, byte[] out) {
    long from = layout.offset(segment);
    if (from < 0 || from > picture.length() - out.length) {
      throw picture.truncated();
    }
    System.arraycopy(picture.bytes(), (int) from, out, 0, out.length);
    if (layout.hasReversedBits()) {
      reverseBits(out);
    }
  }

  private void unpackBits(byte[] data, byte[] out) {
    int at = 0;
    int done = 0;
    while (done < out.length) {
      if (at + 1 >= data.length) {
        throw picture.truncated();
      }
      int count = data[at++];
      if (count >= 0) {
        int literals = Math.min(count + 1, out.length - done);
        if (at + literals > data.length) {
          throw picture.truncated();
        }
        System.arraycopy(data, at, out, done, literals);
        at += count + 1;
        done += literals;
      } else if (count > -128) {
        int end = Math.min(done + 1 - count, out.length);
        Arrays.fill(out, done, end, data[at++]);
        done = end;
      }
    }
  }

  private void inflate(byte[] data, byte[] out) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(data);
      int done = 0;
      while (done < out.length) {
        int count = inflater.inflate(out, done, out.length - done);
        if (count == 0) {
          throw picture.fault("image data ends before the last row");
        }
        done += count;
      }
    } catch (DataFormatException e) {
      throw picture.fault("image data: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }

  /** Undoes the predictor, which stores differences from sample to sample of a row. */
  private void addUp(byte[] out) {
    if (!layout.hasDifferences()) {
      return;
    }
    int bytes = layout.bits() / 8;
    if (layout.bits() != 8 && layout.bits() != 16 && layout.bits() != 32) {
      throw picture.fault("differences of samples of " + layout.bits() + " bits");
    }
    int step = bytes * layout.samplesTogether();
    int rowBytes = (int) layout.rowBytes();
    for (int row = 0; row < out.length; row += rowBytes) {
      for (int at = row + step; at < row + rowBytes; at += bytes) {
        add(out, at, at - step, bytes);
      }
    }
  }

  private void add(byte[] out, int at, int from, int bytes) {
    int carry = 0;
    for (int i = 0; i < bytes; i++) {
      int place = bigEndian ? bytes - 1 - i : i;
      carry += (out[at + place] & 0xFF) + (out[from + place] & 0xFF);
      out[at + place] = (byte) carry;
      carry >>= 8;
    }
  }
}
