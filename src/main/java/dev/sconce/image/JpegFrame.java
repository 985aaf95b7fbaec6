package dev.sconce.image;

import java.util.ArrayList;
import java.util.List;

/**
 * The frame of a JPEG (ITU-T T.81, B.2.2), within the limits of libjpeg-turbo's jdinput.c and of
 * Pillow's JpegImagePlugin.
 */
record JpegFrame(
    int width,
    int height,
    boolean progressive,
    List<JpegComponent> components,
    int maxHorizontal,
    int maxVertical) {
  /** libjpeg's JPEG_MAX_DIMENSION. */
  private static final int LONGEST_SIDE = 65_500;

  private static final int LARGEST_FACTOR = 4;

  /** Reads the frame header between the given places and makes room for its samples. */
  static JpegFrame read(EncodedPicture picture, int at, int end, boolean progressive) {
    int height = picture.u16be(at + 1);
    int width = picture.u16be(at + 3);
    checkHeader(picture, at, end, width, height);
    int maxHorizontal = 1;
    int maxVertical = 1;
    for (int header = at + 6; header < end; header += 3) {
      maxHorizontal = Math.max(maxHorizontal, picture.u8(header + 1) >> 4);
      maxVertical = Math.max(maxVertical, picture.u8(header + 1) & 15);
    }
    List<JpegComponent> components = new ArrayList<>();
    JpegFrame frame =
        new JpegFrame(width, height, progressive, components, maxHorizontal, maxVertical);
    for (int header = at + 6; header < end; header += 3) {
      frame.checkFactors(picture, picture.u8(header + 1));
      components.add(new JpegComponent(picture, header, frame));
    }
    return frame;
  }

  private static void checkHeader(EncodedPicture picture, int at, int end, int width, int height) {
    picture.checkSize(width, height);
    if (Math.max(width, height) > LONGEST_SIDE) {
      throw picture.fault(
          "%d x %d (expected: at most %d a side)".formatted(width, height, LONGEST_SIDE));
    }
    if (picture.u8(at) != 8) {
      throw picture.fault(picture.u8(at) + " bits a sample (expected: 8)");
    }
    int count = picture.u8(at + 5);
    if (count != 1 && count != 3 && count != 4) {
      throw picture.fault(count + " components (expected: 1, 3 or 4)");
    }
    if (end != at + 6 + 3 * count) {
      throw picture.fault("frame of " + count + " components in " + (end - at) + " bytes");
    }
  }

  private void checkFactors(EncodedPicture picture, int factors) {
    int horizontal = factors >> 4;
    int vertical = factors & 15;
    boolean known =
        horizontal > 0
            && vertical > 0
            && horizontal <= LARGEST_FACTOR
            && vertical <= LARGEST_FACTOR;
    if (!known || maxHorizontal % horizontal != 0 || maxVertical % vertical != 0) {
      throw picture.fault(
          "sampling factors %d x %d (expected: divisors of %d x %d, at most 4)"
              .formatted(horizontal, vertical, maxHorizontal, maxVertical));
    }
  }

  /** MCUs in a row of an interleaved scan. */
  int mcusWide() {
    return ceilDiv(width, 8 * maxHorizontal);
  }

  /** Rows of MCUs of an interleaved scan. */
  int mcusHigh() {
    return ceilDiv(height, 8 * maxVertical);
  }

  static int ceilDiv(int a, int b) {
    return (a + b - 1) / b;
  }
}
