package dev.sconce.image;

import java.util.Arrays;

/**
 * A picture made smaller by averaging over whole pixels, as PyTorch's {@code interpolate(mode =
 * "area")} does: {@code adaptive_avg_pool2d}, whose windows may overlap by a pixel. Sums are
 * float32 in PyTorch's order. It belongs to one thread.
 */
final class AreaRows implements FloatRows {
  private final FloatRows in;
  private final int width;
  private final int height;
  private final float[] line;

  AreaRows(FloatRows in, int width, int height) {
    this.in = in;
    this.width = width;
    this.height = height;
    this.line = new float[CHANNELS * in.width()];
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public void read(int row, float[] to) {
    Arrays.fill(to, 0, CHANNELS * width, 0);
    int top = start(row, in.height(), height);
    int bottom = end(row, in.height(), height);
    for (int y = top; y < bottom; y++) {
      in.read(y, line);
      addLine(to);
    }
    for (int x = 0; x < width; x++) {
      int count = (bottom - top) * (end(x, in.width(), width) - start(x, in.width(), width));
      for (int i = CHANNELS * x; i < CHANNELS * (x + 1); i++) {
        to[i] /= count;
      }
    }
  }

  private void addLine(float[] sums) {
    for (int x = 0; x < width; x++) {
      float red = sums[CHANNELS * x];
      float green = sums[CHANNELS * x + 1];
      float blue = sums[CHANNELS * x + 2];
      int end = CHANNELS * end(x, in.width(), width);
      for (int i = CHANNELS * start(x, in.width(), width); i < end; i += CHANNELS) {
        red += line[i];
        green += line[i + 1];
        blue += line[i + 2];
      }
      sums[CHANNELS * x] = red;
      sums[CHANNELS * x + 1] = green;
      sums[CHANNELS * x + 2] = blue;
    }
  }

  private static int start(int at, int from, int to) {
    return (int) ((long) at * from / to);
  }

  private static int end(int at, int from, int to) {
    return (int) (((long) (at + 1) * from + to - 1) / to);
  }
}
