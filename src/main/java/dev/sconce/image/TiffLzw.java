package dev.sconce.image;

/**
 * TIFF's LZW (TIFF 6.0, section 13): codes from the highest bit on, and a code's length grows one
 * code early. Owned by one reading.
 */
final class TiffLzw {
  private static final int CLEAR = 256;
  private static final int END = 257;
  private static final int SHORTEST_CODE = 9;

  private final EncodedPicture picture;
  private final byte[] data;
  private int at;
  private int bits;
  private int bitCount;

  TiffLzw(EncodedPicture picture, byte[] data) {
    this.picture = picture;
    this.data = data;
  }

  /** Fills the array. */
  void decode(byte[] out) {
    LzwTable table = new LzwTable(CLEAR);
    int size = SHORTEST_CODE;
    int done = 0;
    while (done < out.length) {
      int code = code(size);
      if (code == CLEAR) {
        table.reset();
        size = SHORTEST_CODE;
      } else if (code == END) {
        throw picture.fault("image data ends before the last row");
      } else {
        done = table.write(code, out, done);
        if (done == LzwTable.UNKNOWN) {
          throw picture.fault("image data has an unknown code");
        }
        if (table.next() == (1 << size) - 1 && size < LzwTable.LONGEST_CODE) {
          size++;
        }
      }
    }
  }

  private int code(int size) {
    while (bitCount < size) {
      if (at == data.length) {
        throw picture.truncated();
      }
      bits = bits << 8 | (data[at++] & 0xFF);
      bitCount += 8;
    }
    bitCount -= size;
    return bits >> bitCount & (1 << size) - 1;
  }
}
