package dev.sconce.image;

/** The RGB pixels of a PNG, filled from unfiltered rows. Owned by one reading. */
final class PngPixels {
  private final PngHeader header;
  private final Palette palette;
  private final int left;
  private final int top;
  private final byte[] rgb;

  /**
   * Black pixels of the header's size.
   *
   * @param palette what indices mean; of no use for other colour types
   * @param left column of the picture in which rows begin
   * @param top row of the picture that row 0 is
   */
  PngPixels(PngHeader header, Palette palette, int left, int top) {
    this.header = header;
    this.palette =
        header.colour() == PngHeader.GREY && header.depth() <= 8
            ? Palette.greys(header.depth())
            : palette;
    this.left = left;
    this.top = top;
    this.rgb = new byte[3 * header.width() * header.height()];
  }

  byte[] rgb() {
    return rgb;
  }

  /**
   * Puts a row's pixels.
   *
   * @param row a filter byte, then the samples
   * @param x column of the first pixel; the others follow at distances of {@code step}
   */
  void put(byte[] row, int count, int x, int y, int step) {
    int at = 3 * ((top + y) * header.width() + left + x);
    int stride = 3 * step;
    int bytes = header.depth() / 8;
    switch (header.colour()) {
      case PngHeader.RGB, PngHeader.RGB_ALPHA -> rgb(row, count, bytes, at, stride);
      case PngHeader.GREY_ALPHA -> grey(row, count, bytes, at, stride);
      default -> {
        if (bytes == 2) {
          deepGrey(row, count, at, stride);
        } else {
          palette.expand(row, 1, header.depth(), count, rgb, at, stride);
        }
      }
    }
  }

  /** Of samples of two bytes, the first counts. */
  private void rgb(byte[] row, int count, int bytes, int start, int stride) {
    int pixel = header.bitsPerPixel() / 8;
    if (pixel == 3 && stride == 3) {
      System.arraycopy(row, 1, rgb, start, 3 * count);
      return;
    }
    int from = 1;
    int at = start;
    for (int i = 0; i < count; i++) {
      rgb[at] = row[from];
      rgb[at + 1] = row[from + bytes];
      rgb[at + 2] = row[from + 2 * bytes];
      from += pixel;
      at += stride;
    }
  }

  private void grey(byte[] row, int count, int bytes, int start, int stride) {
    int at = start;
    for (int i = 0; i < count; i++) {
      put(at, row[1 + 2 * bytes * i]);
      at += stride;
    }
  }

  /** Pillow's mode I;16: not scaled down, but cut off at 255. */
  private void deepGrey(byte[] row, int count, int start, int stride) {
    int at = start;
    for (int i = 0; i < count; i++) {
      put(at, row[1 + 2 * i] == 0 ? row[2 + 2 * i] : (byte) 255);
      at += stride;
    }
  }

  private void put(int at, byte grey) {
    rgb[at] = grey;
    rgb[at + 1] = grey;
    rgb[at + 2] = grey;
  }
}
