package dev.sconce.image;

import java.util.Arrays;

/**
 * One transform of a VP8L picture, and how to undo it (WebP Lossless Bitstream Specification,
 * section 4). Owned by one reading.
 */
final class Vp8lTransform {
  private static final int PREDICTION = 0;
  private static final int CROSS_COLOUR = 1;
  private static final int GREEN_SUBTRACTION = 2;

  private final int kind;

  /** Pixels in a row once it is undone. */
  private final int width;

  /** Blocks are of {@code 1 << bits} pixels a side; or so many indices lie in one pixel. */
  private final int bits;

  /** What steers the blocks, or the colours that indices mean. */
  private final int[] data;

  private Vp8lTransform(int kind, int width, int bits, int[] data) {
    this.kind = kind;
    this.width = width;
    this.bits = bits;
    this.data = data;
  }

  /** Reads the transform of a picture of that size. */
  static Vp8lTransform read(
      EncodedPicture picture, Vp8lBits bits, int kind, int width, int height) {
    if (kind == GREEN_SUBTRACTION) {
      return new Vp8lTransform(kind, width, 0, new int[0]);
    }
    if (kind == PREDICTION || kind == CROSS_COLOUR) {
      int blockBits = 2 + bits.number(3);
      int across = Vp8lImage.blocks(width, blockBits);
      int down = Vp8lImage.blocks(height, blockBits);
      int[] data = Vp8lImage.read(picture, bits, across, down, false);
      return new Vp8lTransform(kind, width, blockBits, data);
    }
    int colours = 1 + bits.number(8);
    int packing = colours > 16 ? 0 : colours > 4 ? 1 : colours > 2 ? 2 : 3;
    int[] differences = Vp8lImage.read(picture, bits, colours, 1, false);
    int[] palette = Arrays.copyOf(differences, 1 << (8 >> packing));
    for (int i = 1; i < colours; i++) {
      palette[i] = add(palette[i], palette[i - 1]);
    }
    return new Vp8lTransform(kind, width, packing, palette);
  }

  int kind() {
    return kind;
  }

  /** Pixels in a row as it is stored. */
  int storedWidth() {
    return kind > GREEN_SUBTRACTION ? Vp8lImage.blocks(width, bits) : width;
  }

  /** The pixels before the transform; may be the same array. */
  int[] undo(int[] pixels, int height) {
    switch (kind) {
      case PREDICTION -> predict(pixels);
      case CROSS_COLOUR -> addColour(pixels);
      case GREEN_SUBTRACTION -> addGreen(pixels);
      default -> {
        return colours(pixels, height);
      }
    }
    return pixels;
  }

  private int steering(int x, int y) {
    return data[(y >> bits) * Vp8lImage.blocks(width, bits) + (x >> bits)];
  }

  private void predict(int[] pixels) {
    pixels[0] = add(pixels[0], 0xFF000000);
    for (int i = 1; i < width; i++) {
      pixels[i] = add(pixels[i], pixels[i - 1]);
    }
    for (int i = width; i < pixels.length; i++) {
      int x = i % width;
      int mode = x == 0 ? Vp8lPredictor.TOP : steering(x, i / width) >> 8 & 15;
      pixels[i] = add(pixels[i], Vp8lPredictor.predict(mode, pixels, i, width));
    }
  }

  private void addColour(int[] pixels) {
    for (int i = 0; i < pixels.length; i++) {
      int steering = steering(i % width, i / width);
      int pixel = pixels[i];
      int green = pixel >> 8;
      int red = (pixel >> 16) + product(steering, green) & 0xFF;
      int blue = pixel + product(steering >> 8, green) + product(steering >> 16, red) & 0xFF;
      pixels[i] = (pixel & 0xFF00FF00) | red << 16 | blue;
    }
  }

  /** Of two signed bytes, with five fractional bits. */
  private static int product(int factor, int colour) {
    return ((byte) factor * (byte) colour) >> 5;
  }

  private static void addGreen(int[] pixels) {
    for (int i = 0; i < pixels.length; i++) {
      int green = pixels[i] >> 8 & 0xFF;
      pixels[i] = add(pixels[i], green << 16 | green);
    }
  }

  private int[] colours(int[] pixels, int height) {
    int[] out = new int[width * height];
    int size = 8 >> bits;
    int rowLength = storedWidth();
    for (int i = 0; i < out.length; i++) {
      int x = i % width;
      int packed = pixels[i / width * rowLength + (x >> bits)] >> 8 & 0xFF;
      int index = packed >> ((x & (1 << bits) - 1) * size) & (1 << size) - 1;
      out[i] = data[index];
    }
    return out;
  }

  /** Adds two pixels, channel by channel, without carries. */
  private static int add(int a, int b) {
    int alphaAndGreen = (a & 0xFF00FF00) + (b & 0xFF00FF00) & 0xFF00FF00;
    int redAndBlue = (a & 0x00FF00FF) + (b & 0x00FF00FF) & 0x00FF00FF;
    return alphaAndGreen | redAndBlue;
  }
}
