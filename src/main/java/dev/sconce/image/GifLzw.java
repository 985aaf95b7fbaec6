package dev.sconce.image;

/**
 * GIF's LZW (GIF89a specification, appendix F), read as Pillow's GifDecode.c reads it: the data
 * ends when all pixels are there, not before, and a block counts only if it is whole. Owned by one
 * reading.
 */
final class GifLzw {
  private final EncodedPicture picture;
  private final int smallest;
  private long at;
  private int blockLeft;
  private int bits;
  private int bitCount;

  /** The data that begins, with its smallest code size, at the given place. */
  GifLzw(EncodedPicture picture, long at) {
    this.picture = picture;
    this.at = at + 1;
    this.smallest = picture.u8(at);
    if (smallest >= LzwTable.LONGEST_CODE) {
      throw picture.fault("codes of " + smallest + " bits (expected: less than 12)");
    }
  }

  /** Fills the array with indices in the order in which they come. */
  void decode(byte[] out) {
    int clear = 1 << smallest;
    LzwTable table = new LzwTable(clear);
    int size = smallest + 1;
    int done = 0;
    while (done < out.length) {
      int code = code(size);
      if (code == clear) {
        table.reset();
        size = smallest + 1;
      } else if (code == clear + 1) {
        throw picture.fault("image data ends before the last row");
      } else {
        done = table.write(code, out, done);
        if (done == LzwTable.UNKNOWN) {
          throw picture.fault("image data has an unknown code");
        }
        if (table.next() == 1 << size && size < LzwTable.LONGEST_CODE) {
          size++;
        }
      }
    }
  }

  private int code(int size) {
    while (bitCount < size) {
      if (blockLeft == 0) {
        blockLeft = picture.u8(at++);
        if (at + blockLeft > picture.length()) {
          throw picture.truncated();
        }
      } else {
        bits |= picture.u8(at++) << bitCount;
        bitCount += 8;
        blockLeft--;
      }
    }
    int code = bits & (1 << size) - 1;
    bits >>>= size;
    bitCount -= size;
    return code;
  }
}
