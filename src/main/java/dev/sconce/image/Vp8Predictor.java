package dev.sconce.image;

import java.util.Arrays;

/**
 * Predicts blocks of VP8 from the samples above and to the left (RFC 6386, section 12). Owned by
 * one reading.
 */
final class Vp8Predictor {
  /** Where the corner stands in the edge of a subblock. */
  private static final int CORNER = 5;

  /**
   * The samples around a subblock, from its lower left corner up and then to the right: four to the
   * left, the corner, eight above, with the outermost twice.
   */
  private final int[] edge = new int[15];

  /** Predicts a whole block of so many samples a side. */
  void predict(Vp8Plane plane, int mode, int x, int y, int size) {
    byte[] samples = plane.samples();
    int stride = plane.stride();
    int at = plane.at(x, y);
    switch (mode) {
      case Vp8Modes.VERTICAL -> {
        for (int row = 0; row < size; row++) {
          System.arraycopy(samples, at - stride, samples, at + row * stride, size);
        }
      }
      case Vp8Modes.HORIZONTAL -> {
        for (int row = at; row < at + size * stride; row += stride) {
          Arrays.fill(samples, row, row + size, samples[row - 1]);
        }
      }
      case Vp8Modes.TRUE_MOTION -> trueMotion(samples, at, stride, size);
      default -> {
        byte mean = (byte) mean(samples, at, stride, size, x > 0, y > 0);
        for (int row = at; row < at + size * stride; row += stride) {
          Arrays.fill(samples, row, row + size, mean);
        }
      }
    }
  }

  /** The mean of the samples above and to the left, as far as they are in the picture. */
  private static int mean(
      byte[] samples, int at, int stride, int size, boolean hasLeft, boolean hasTop) {
    int sum = 0;
    for (int i = 0; i < size; i++) {
      sum += hasTop ? samples[at - stride + i] & 0xFF : 0;
      sum += hasLeft ? samples[at + i * stride - 1] & 0xFF : 0;
    }
    if (!hasLeft && !hasTop) {
      return 128;
    }
    int count = hasLeft && hasTop ? 2 * size : size;
    return (sum + count / 2) / count;
  }

  private static void trueMotion(byte[] samples, int at, int stride, int size) {
    int corner = samples[at - stride - 1] & 0xFF;
    for (int row = at; row < at + size * stride; row += stride) {
      int difference = (samples[row - 1] & 0xFF) - corner;
      for (int i = 0; i < size; i++) {
        int sample = (samples[at - stride + i] & 0xFF) + difference;
        samples[row + i] = (byte) ((sample & ~0xFF) == 0 ? sample : ~sample >> 31);
      }
    }
  }

  /**
   * Predicts a 4x4 subblock.
   *
   * @param aboveRight where the four samples above and to the right of it are
   */
  void predictSubblock(Vp8Plane plane, int mode, int at, int aboveRight) {
    byte[] samples = plane.samples();
    int stride = plane.stride();
    if (mode == Vp8Modes.TRUE_MOTION) {
      trueMotion(samples, at, stride, 4);
      return;
    }
    for (int i = 0; i < 4; i++) {
      edge[CORNER - 1 - i] = samples[at + i * stride - 1] & 0xFF;
      edge[CORNER + 1 + i] = samples[at - stride + i] & 0xFF;
      edge[CORNER + 5 + i] = samples[aboveRight + i] & 0xFF;
    }
    edge[CORNER] = samples[at - stride - 1] & 0xFF;
    edge[0] = edge[1];
    edge[edge.length - 1] = edge[edge.length - 2];
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 4; x++) {
        samples[at + y * stride + x] = (byte) sample(mode, x, y);
      }
    }
  }

  private int sample(int mode, int x, int y) {
    return switch (mode) {
      case Vp8Modes.VERTICAL -> smooth(CORNER + 1 + x);
      case Vp8Modes.HORIZONTAL -> smooth(CORNER - 1 - y);
      case Vp8Modes.RIGHT_DOWN -> smooth(CORNER + x - y);
      case Vp8Modes.LEFT_DOWN -> smooth(CORNER + 2 + x + y);
      case Vp8Modes.VERTICAL_RIGHT -> steep(2 * x - y, 1);
      case Vp8Modes.HORIZONTAL_DOWN -> steep(2 * y - x, -1);
      case Vp8Modes.VERTICAL_LEFT -> verticalLeft(x, y);
      case Vp8Modes.HORIZONTAL_UP -> horizontalUp(x + 2 * y);
      default -> mean();
    };
  }

  private int mean() {
    int sum = 4;
    for (int i = CORNER - 4; i <= CORNER + 4; i++) {
      sum += i == CORNER ? 0 : edge[i];
    }
    return sum >> 3;
  }

  /** A sample of the edge with its neighbours, weighted 1, 2 and 1. */
  private int smooth(int i) {
    return (edge[i - 1] + 2 * edge[i] + edge[i + 1] + 2) >> 2;
  }

  private int between(int i, int j) {
    return (edge[i] + edge[j] + 1) >> 1;
  }

  /** Along a direction near an axis: {@code d} half samples along it from the corner. */
  private int steep(int d, int side) {
    if (d < 0) {
      return smooth(CORNER + side * (d + 1));
    }
    int i = CORNER + side * (d / 2);
    return d % 2 == 0 ? between(i, i + side) : smooth(i + side);
  }

  private int verticalLeft(int x, int y) {
    if (x == 3 && y >= 2) {
      return smooth(CORNER + 4 + y);
    }
    int i = CORNER + 1 + x + y / 2;
    return y % 2 == 0 ? between(i, i + 1) : smooth(i + 1);
  }

  /** Down the left side, {@code d} half samples from its top. */
  private int horizontalUp(int d) {
    if (d > 5) {
      return edge[1];
    }
    int i = CORNER - 1 - d / 2;
    return d % 2 == 0 ? between(i, i - 1) : smooth(i - 1);
  }
}
