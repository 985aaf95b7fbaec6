package dev.sconce.image;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The rows of a PNG: joins the image data chunks, inflates them, undoes the filters and the Adam7
 * interlacing (ISO/IEC 15948, 8 to 10). Owned by one reading.
 */
final class PngRows {
  private static final int[] FIRST_COLUMN = {0, 4, 0, 2, 0, 1, 0};
  private static final int[] FIRST_ROW = {0, 0, 4, 0, 2, 0, 1};
  private static final int[] COLUMN_STEP = {8, 8, 4, 4, 2, 2, 1};
  private static final int[] ROW_STEP = {8, 8, 8, 4, 4, 2, 2};

  private final EncodedPicture picture;
  private final PngHeader header;
  private final Inflater inflater = new Inflater();
  private long chunk;
  private byte[] row = {};
  private byte[] above = {};

  /** Rows from the image data chunk at the given place and those right behind it. */
  PngRows(EncodedPicture picture, PngHeader header, long firstChunk) {
    this.picture = picture;
    this.header = header;
    this.chunk = firstChunk;
  }

  /**
   * Decodes all rows.
   *
   * @return where the chunk begins that the last bytes came from
   */
  long decode(int width, int height, PngPixels pixels) {
    try {
      feed();
      if (header.interlaced()) {
        for (int pass = 0; pass < ROW_STEP.length; pass++) {
          pass(width, height, pass, pixels);
        }
      } else {
        start(width);
        for (int y = 0; y < height; y++) {
          next();
          pixels.put(row, width, 0, y, 1);
        }
      }
      return chunk;
    } finally {
      inflater.end();
    }
  }

  private void pass(int width, int height, int pass, PngPixels pixels) {
    int step = COLUMN_STEP[pass];
    int count = (width - FIRST_COLUMN[pass] + step - 1) / step;
    if (count <= 0) {
      return;
    }
    start(count);
    for (int y = FIRST_ROW[pass]; y < height; y += ROW_STEP[pass]) {
      next();
      pixels.put(row, count, FIRST_COLUMN[pass], y, step);
    }
  }

  private void start(int pixels) {
    int bytes = 1 + header.rowBytes(pixels);
    row = new byte[bytes];
    above = new byte[bytes];
  }

  private void next() {
    byte[] filled = above;
    above = row;
    row = filled;
    int done = 0;
    while (done < row.length) {
      done += inflate(done);
    }
    unfilter();
  }

  private int inflate(int from) {
    try {
      int count = inflater.inflate(row, from, row.length - from);
      if (count == 0) {
        if (inflater.finished() || inflater.needsDictionary()) {
          throw picture.fault("image data ends before the last row");
        }
        chunk += 12 + picture.u32be(chunk);
        feed();
      }
      return count;
    } catch (DataFormatException e) {
      throw picture.fault("image data: " + e.getMessage());
    }
  }

  private void feed() {
    if (!picture.matches(chunk + 4, "IDAT") && !picture.matches(chunk + 4, "DDAT")) {
      throw picture.truncated();
    }
    long start = chunk + 8;
    long end = Math.min(start + picture.u32be(chunk), picture.length());
    inflater.setInput(picture.bytes(), (int) start, (int) (end - start));
  }

  private void unfilter() {
    int step = Math.max(1, header.bitsPerPixel() / 8);
    switch (row[0]) {
      case 0 -> {}
      case 1 -> left(step);
      case 2 -> up();
      case 3 -> average(step);
      case 4 -> paeth(step);
      default -> throw picture.fault("filter " + (row[0] & 0xFF) + " (expected: 0 to 4)");
    }
  }

  private void left(int step) {
    for (int i = 1 + step; i < row.length; i++) {
      row[i] += row[i - step];
    }
  }

  private void up() {
    for (int i = 1; i < row.length; i++) {
      row[i] += above[i];
    }
  }

  private void average(int step) {
    for (int i = 1; i < row.length; i++) {
      int left = i > step ? row[i - step] & 0xFF : 0;
      row[i] += (byte) ((left + (above[i] & 0xFF)) >> 1);
    }
  }

  private void paeth(int step) {
    for (int i = 1; i <= step && i < row.length; i++) {
      row[i] += above[i];
    }
    for (int i = 1 + step; i < row.length; i++) {
      int a = row[i - step] & 0xFF;
      int b = above[i] & 0xFF;
      int c = above[i - step] & 0xFF;
      int toA = Math.abs(b - c);
      int toB = Math.abs(a - c);
      int toC = Math.abs(a + b - 2 * c);
      row[i] += (byte) (toA <= toB && toA <= toC ? a : toB <= toC ? b : c);
    }
  }
}
