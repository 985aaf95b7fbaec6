package dev.sconce.image;

/**
 * A BMP's run-length coding, of indices of eight or four bits, as Pillow's BmpRleDecoder reads it:
 * runs are cut at the end of a row, literal indices are not, and what is skipped has index 0. Owned
 * by one reading.
 */
final class BmpRunLength {
  private static final int END_OF_LINE = 0;
  private static final int END_OF_PICTURE = 1;
  private static final int SKIP = 2;

  private final EncodedPicture picture;
  private final boolean pairs;
  private final int width;
  private final byte[] indices;
  private long at;
  private int done;

  /** How many indices of the row are written; may be more than the row has. */
  private int x;

  BmpRunLength(EncodedPicture picture, BmpHeader header) {
    this.picture = picture;
    this.pairs = header.hasRunsOfPairs();
    this.width = header.width();
    this.indices = new byte[width * header.height()];
    this.at = header.pixelsAt();
  }

  /** All indices, one to a byte, rows in the file's order. */
  byte[] decode() {
    while (done < indices.length) {
      int count = picture.u8(at);
      int value = picture.u8(at + 1);
      at += 2;
      if (count > 0) {
        run(count, value);
      } else if (value == END_OF_LINE) {
        done = (done + width - 1) / width * width;
        x = 0;
      } else if (value == END_OF_PICTURE) {
        throw picture.fault("image data ends before the last row");
      } else if (value == SKIP) {
        skip(picture.u8(at) + picture.u8(at + 1) * width);
      } else {
        literals(value);
      }
    }
    return indices;
  }

  private void run(int count, int value) {
    int fitting = Math.max(0, Math.min(Math.min(count, width - x), indices.length - done));
    for (int i = 0; i < fitting; i++) {
      indices[done++] = (byte) (pairs ? value >> (i % 2 == 0 ? 4 : 0) & 15 : value);
    }
    x += fitting;
  }

  private void skip(int distance) {
    at += 2;
    done = Math.min(indices.length, done + distance);
    x = done % width;
  }

  /** Literal indices fill up to an even place in the file. */
  private void literals(int count) {
    int fitting = Math.min(count, indices.length - done);
    for (int i = 0; i < fitting; i++) {
      int value = picture.u8(at + (pairs ? i / 2 : i));
      indices[done++] = (byte) (pairs ? value >> (i % 2 == 0 ? 4 : 0) & 15 : value);
    }
    x += count;
    at += pairs ? (fitting + 1) / 2 : fitting;
    at += at % 2;
  }
}
