package dev.sconce.image;

/** The header chunk of a PNG (ISO/IEC 15948, 11.2.2), within what Pillow's PngImagePlugin reads. */
record PngHeader(int width, int height, int depth, int colour, boolean interlaced) {
  static final int GREY = 0;
  static final int RGB = 2;
  static final int INDEXED = 3;
  static final int GREY_ALPHA = 4;
  static final int RGB_ALPHA = 6;

  /** Reads the chunk's data at the given place. */
  static PngHeader read(EncodedPicture picture, long at, long length) {
    if (length < 13) {
      throw picture.fault("header of " + length + " bytes (expected: 13)");
    }
    long width = picture.u32be(at);
    long height = picture.u32be(at + 4);
    picture.checkSize(width, height);
    int depth = picture.u8(at + 8);
    int colour = picture.u8(at + 9);
    if (!isKnown(depth, colour) || picture.u8(at + 11) != 0) {
      throw picture.fault(
          "%d bits of colour type %d, filter method %d"
              .formatted(depth, colour, picture.u8(at + 11)));
    }
    return new PngHeader((int) width, (int) height, depth, colour, picture.u8(at + 12) != 0);
  }

  private static boolean isKnown(int depth, int colour) {
    return switch (colour) {
      case GREY -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
      case INDEXED -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
      case RGB, GREY_ALPHA, RGB_ALPHA -> depth == 8 || depth == 16;
      default -> false;
    };
  }

  int bitsPerPixel() {
    int samples =
        switch (colour) {
          case RGB -> 3;
          case GREY_ALPHA -> 2;
          case RGB_ALPHA -> 4;
          default -> 1;
        };
    return samples * depth;
  }

  /** Bytes in a row of so many pixels, without the filter's byte. */
  int rowBytes(int pixels) {
    return (int) (((long) pixels * bitsPerPixel() + 7) / 8);
  }
}
