package dev.sconce.image;

/** A picture of floats that is read row by row. It belongs to one thread. */
interface FloatRows {
  int CHANNELS = 3;

  int width();

  int height();

  /**
   * Writes a row.
   *
   * @param to gets {@code 3 * width} values
   */
  void read(int row, float[] to);

  /**
   * A part of a picture.
   *
   * @param divisor of a picture of bytes; those of floats are divided already
   */
  static FloatRows of(Pixels picture, double divisor, int left, int top, int width, int height) {
    if (picture instanceof RgbImage bytes) {
      PictureView view = new PictureView(bytes, left, top, width, height, Padding.ZEROS);
      return new DividedRows(view, (float) divisor);
    }
    return new PartOfFloats((FloatImage) picture, left, top, width, height);
  }

  /** Bytes that are divided as fast.ai's {@code IntToFloatTensor} does it. */
  final class DividedRows implements FloatRows {
    private final PictureView bytes;
    private final float[] quotients = new float[256];

    private DividedRows(PictureView bytes, float divisor) {
      this.bytes = bytes;
      for (int value = 0; value < quotients.length; value++) {
        quotients[value] = value / divisor;
      }
    }

    @Override
    public int width() {
      return bytes.width();
    }

    @Override
    public int height() {
      return bytes.height();
    }

    @Override
    public void read(int row, float[] to) {
      byte[] array = bytes.array(row);
      int from = bytes.offset(row);
      for (int i = 0; i < CHANNELS * width(); i++) {
        to[i] = quotients[array[from + i] & 0xFF];
      }
    }
  }

  /** A rectangle within a picture of floats. */
  record PartOfFloats(FloatImage picture, int left, int top, int width, int height)
      implements FloatRows {
    @Override
    public void read(int row, float[] to) {
      int from = CHANNELS * ((top + row) * picture.width() + left);
      System.arraycopy(picture.values(), from, to, 0, CHANNELS * width);
    }
  }
}
