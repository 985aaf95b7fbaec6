package dev.sconce.image;

import java.util.Arrays;

/**
 * Decodes the first image of a GIF (GIF89a specification) on its logical screen as Pillow's
 * GifImagePlugin does: the screen grows to hold the image, and what the image leaves free has the
 * transparent index if there is one, else index 0. Transparency is dropped. One object reads one
 * picture, on one thread.
 */
final class GifReader {
  private static final int GRAPHIC_CONTROL = 0xF9;

  /** First row and distance of rows of each pass. */
  private static final int[][] INTERLACED = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};

  private static final int[][] SEQUENTIAL = {{0, 1}};

  private final EncodedPicture picture;
  private long at = 6;
  private Palette palette = Palette.greys(8);

  /** The index of what the image does not cover. */
  private int background;

  private GifReader(EncodedPicture picture) {
    this.picture = picture;
  }

  /** The picture's pixels. */
  static RgbImage read(EncodedPicture picture) {
    return new GifReader(picture).read();
  }

  private RgbImage read() {
    int screenWidth = picture.u16le(at);
    int screenHeight = picture.u16le(at + 2);
    int flags = picture.u8(at + 4);
    picture.u8(at + 6);
    at += 7;
    readPalette(flags);
    int block = picture.u8(at++);
    while (block != ',') {
      if (block == '!') {
        readExtension();
      } else if (block == ';') {
        throw picture.fault("no image");
      }
      block = picture.u8(at++);
    }
    return readImage(screenWidth, screenHeight);
  }

  /**
   * Takes a colour table, black behind its end. One that only says that each index is a grey leaves
   * the colours as they were: grey, or, a quirk of Pillow, those of the global table.
   */
  private void readPalette(int flags) {
    if ((flags & 0x80) == 0) {
      return;
    }
    int colours = 2 << (flags & 7);
    byte[] rgb = new byte[3 * Palette.SIZE];
    boolean greys = true;
    for (int i = 0; i < 3 * colours; i++) {
      rgb[i] = (byte) picture.u8(at++);
      greys &= (rgb[i] & 0xFF) == i / 3;
    }
    if (!greys) {
      palette = new Palette(rgb);
    }
  }

  private void readExtension() {
    int label = picture.u8(at);
    int length = picture.u8(at + 1);
    if (label == GRAPHIC_CONTROL && length > 0) {
      if (length < 4) {
        throw picture.fault("graphic control of " + length + " bytes (expected: 4)");
      }
      if ((picture.u8(at + 2) & 1) != 0) {
        background = picture.u8(at + 5);
      }
    }
    at++;
    for (int size = picture.u8(at++); size > 0; size = picture.u8(at++)) {
      at += size;
    }
  }

  private RgbImage readImage(int screenWidth, int screenHeight) {
    int left = picture.u16le(at);
    int top = picture.u16le(at + 2);
    int width = picture.u16le(at + 4);
    int height = picture.u16le(at + 6);
    int flags = picture.u8(at + 8);
    at += 9;
    int canvasWidth = Math.max(screenWidth, left + width);
    int canvasHeight = Math.max(screenHeight, top + height);
    picture.checkSize(width, height);
    picture.checkSize(canvasWidth, canvasHeight);
    readPalette(flags);
    byte[] indices = new byte[width * height];
    new GifLzw(picture, at).decode(indices);
    byte[] rgb = new byte[3 * canvasWidth * canvasHeight];
    if (width < canvasWidth || height < canvasHeight) {
      fill(rgb, canvasWidth);
    }
    int from = 0;
    for (int[] pass : (flags & 0x40) == 0 ? SEQUENTIAL : INTERLACED) {
      for (int y = pass[0]; y < height; y += pass[1]) {
        palette.expand(indices, from, 8, width, rgb, 3 * ((top + y) * canvasWidth + left), 3);
        from += width;
      }
    }
    return new RgbImage(canvasWidth, canvasHeight, rgb);
  }

  private void fill(byte[] rgb, int width) {
    byte[] row = new byte[width];
    Arrays.fill(row, (byte) background);
    for (int at = 0; at < rgb.length; at += 3 * width) {
      palette.expand(row, 0, 8, width, rgb, at, 3);
    }
  }
}
