package dev.sconce.image;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Decodes VP8L, which is WebP's lossless kind (WebP Lossless Bitstream Specification). One object
 * reads one picture, on one thread.
 */
final class Vp8lReader {
  private static final int SIGNATURE = 0x2F;

  private final EncodedPicture picture;
  private final Vp8lBits bits;

  private Vp8lReader(EncodedPicture picture, Vp8lBits bits) {
    this.picture = picture;
    this.bits = bits;
  }

  /** The pixels of the stream in the bytes from {@code start} to {@code end}; alpha is dropped. */
  static RgbImage read(EncodedPicture picture, int start, int end) {
    return new Vp8lReader(picture, new Vp8lBits(picture.bytes(), start, end)).read();
  }

  /** Reads through a stream without a header, which is what alpha is coded with. */
  static void check(EncodedPicture picture, int start, int end, int width, int height) {
    new Vp8lReader(picture, new Vp8lBits(picture.bytes(), start, end)).pixels(width, height);
  }

  private RgbImage read() {
    int signature = bits.number(8);
    int width = 1 + bits.number(14);
    int height = 1 + bits.number(14);
    bits.flag(); // whether alpha is used
    int version = bits.number(3);
    if (signature != SIGNATURE || version != 0) {
      throw picture.fault("VP8L signature %02x, version %d".formatted(signature, version));
    }
    picture.checkSize(width, height);
    return new RgbImage(width, height, rgb(pixels(width, height)));
  }

  private int[] pixels(int width, int height) {
    Deque<Vp8lTransform> transforms = new ArrayDeque<>();
    int storedWidth = readTransforms(transforms, width, height);
    int[] pixels = Vp8lImage.read(picture, bits, storedWidth, height, true);
    for (Vp8lTransform transform : transforms) {
      pixels = transform.undo(pixels, height);
    }
    return pixels;
  }

  /** Reads the transforms, the last one first, and answers how many pixels a row has after them. */
  private int readTransforms(Deque<Vp8lTransform> transforms, int width, int height) {
    int current = width;
    while (bits.flag()) {
      int kind = bits.number(2);
      for (Vp8lTransform transform : transforms) {
        if (transform.kind() == kind) {
          throw picture.fault("transform " + kind + " twice");
        }
      }
      Vp8lTransform transform = Vp8lTransform.read(picture, bits, kind, current, height);
      transforms.push(transform);
      current = transform.storedWidth();
    }
    return current;
  }

  private static byte[] rgb(int[] pixels) {
    byte[] rgb = new byte[3 * pixels.length];
    for (int i = 0, at = 0; i < pixels.length; i++, at += 3) {
      rgb[at] = (byte) (pixels[i] >> 16);
      rgb[at + 1] = (byte) (pixels[i] >> 8);
      rgb[at + 2] = (byte) pixels[i];
    }
    return rgb;
  }
}
