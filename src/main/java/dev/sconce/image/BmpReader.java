package dev.sconce.image;

/**
 * Decodes BMPs (Microsoft's BITMAPINFOHEADER and its relatives, OS/2's core header) as Pillow's
 * BmpImagePlugin does. Alpha is dropped. One object reads one picture, on one thread.
 */
final class BmpReader {
  private final EncodedPicture picture;
  private final BmpHeader header;
  private final byte[] rgb;

  private BmpReader(EncodedPicture picture, BmpHeader header) {
    this.picture = picture;
    this.header = header;
    this.rgb = new byte[3 * header.width() * header.height()];
  }

  /** The picture's pixels. */
  static RgbImage read(EncodedPicture picture) {
    BmpHeader header = BmpHeader.read(picture);
    BmpReader reader = new BmpReader(picture, header);
    if (header.bits() > 8) {
      reader.readColours(header.masks());
    } else {
      reader.readIndices(BmpPalette.read(picture, header));
    }
    return new RgbImage(header.width(), header.height(), reader.rgb);
  }

  private void readIndices(BmpPalette palette) {
    if (header.hasRuns()) {
      byte[] indices = new BmpRunLength(picture, header).decode();
      expand(palette.colours(), 8, indices, 0, header.width());
    } else {
      int bits = palette.indexBits();
      if (bits > header.bits()) {
        throw picture.fault(header.bits() + " bits a pixel and a palette of greys (expected: 8)");
      }
      expand(palette.colours(), bits, picture.bytes(), header.pixelsAt(), header.stride());
    }
  }

  private void expand(Palette palette, int bits, byte[] data, long start, long stride) {
    int width = header.width();
    long bytes = ((long) width * bits + 7) / 8;
    for (int y = 0; y < header.height(); y++) {
      long from = start + y * stride;
      if (from + bytes > data.length) {
        throw picture.truncated();
      }
      palette.expand(data, (int) from, bits, width, rgb, rowAt(y), 3);
    }
  }

  private void readColours(BmpMasks masks) {
    int bytes = header.bits() / 8;
    for (int y = 0; y < header.height(); y++) {
      long from = header.pixelsAt() + y * header.stride();
      if (from + (long) bytes * header.width() > picture.length()) {
        throw picture.truncated();
      }
      int to = rowAt(y);
      for (int x = 0; x < header.width(); x++) {
        masks.put(pixel((int) from + x * bytes, bytes), rgb, to + 3 * x);
      }
    }
  }

  private int rowAt(int y) {
    return 3 * header.width() * (header.topDown() ? y : header.height() - 1 - y);
  }

  private int pixel(int at, int bytes) {
    byte[] data = picture.bytes();
    int pixel = 0;
    for (int i = 0; i < bytes; i++) {
      pixel |= (data[at + i] & 0xFF) << (8 * i);
    }
    return pixel;
  }
}
