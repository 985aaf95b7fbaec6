package dev.sconce.image;

/**
 * Which input pixels make the pixels of an output along one side, and how much each counts: what
 * PyTorch's {@code grid_sample} does with the {@code affine_grid} of no transformation. Places are
 * float32, each step rounded, and once rounded where PyTorch's compiler contracts a product and a
 * sum: along 4000 pixels float32 tells a 4000th of a pixel apart. Immutable.
 */
final class GridAxis {
  private static final float CUBIC = -0.75f;

  private final int in;
  private final Padding padding;
  private final boolean alignCorners;
  private final int[][] pixels;
  private final float[][] weights;

  GridAxis(int in, int out, GridMode mode, Padding padding, boolean alignCorners) {
    this.in = in;
    this.padding = padding;
    this.alignCorners = alignCorners;
    this.pixels = new int[out][];
    this.weights = new float[out][];
    for (int i = 0; i < out; i++) {
      fill(i, location(place(i, out, alignCorners)), mode);
    }
  }

  /** How far the outermost places of so many are from each other, of -1 to 1. */
  static float span(int out, boolean alignCorners) {
    return place(out - 1, out, alignCorners) - place(0, out, alignCorners);
  }

  int count() {
    return pixels.length;
  }

  /** The input pixels that count for one of the output; each is one of the input. */
  int[] pixels(int at) {
    return pixels[at];
  }

  /** What each of them counts. */
  float[] weights(int at) {
    return weights[at];
  }

  /** {@code linspace(-1, 1, out)}, which begins at either end. */
  private static float place(int at, int out, boolean alignCorners) {
    if (out == 1) {
      return 0;
    }
    float step = 2f / (out - 1);
    float place = at < out / 2 ? Math.fma(step, at, -1f) : Math.fma(-step, out - at - 1, 1f);
    return alignCorners ? place : place * (out - 1) / out;
  }

  /** Where that is among the input's pixels. */
  private float location(float place) {
    return alignCorners ? (place + 1) * ((in - 1) / 2f) : Math.fma(place + 1, in / 2f, -0.5f);
  }

  private void fill(int at, float location, GridMode mode) {
    if (mode == GridMode.BICUBIC) {
      float floor = (float) Math.floor(location);
      float[] cubic = cubic(location - floor);
      put(at, new float[] {floor - 1, floor, floor + 1, floor + 2}, cubic);
      return;
    }
    float inside = inside(location);
    if (mode == GridMode.NEAREST) {
      put(at, new float[] {(float) Math.rint(inside)}, new float[] {1});
      return;
    }
    float floor = (float) Math.floor(inside);
    float second = inside - floor;
    put(at, new float[] {floor, floor + 1}, new float[] {1 - second, second});
  }

  /** Of what is beyond the input even so, nothing counts. */
  private void put(int at, float[] locations, float[] counts) {
    pixels[at] = new int[locations.length];
    weights[at] = new float[locations.length];
    for (int i = 0; i < locations.length; i++) {
      float pixel = inside(locations[i]);
      boolean isThere = pixel >= 0 && pixel < in;
      pixels[at][i] = isThere ? (int) pixel : 0;
      weights[at][i] = isThere ? counts[i] : 0;
    }
  }

  /** The place within the input that is seen at one beyond it. */
  private float inside(float location) {
    return switch (padding) {
      case ZEROS -> location;
      case BORDER -> clip(location);
      case REFLECTION -> clip(reflected(location));
    };
  }

  private float clip(float location) {
    return Math.max(0, Math.min(in - 1, location));
  }

  /** Mirrored at the middle of the outermost pixels, or at their outer edges. */
  private float reflected(float location) {
    float low = alignCorners ? 0 : -0.5f;
    float period = 2f * (alignCorners ? in - 1 : in);
    if (period == 0) {
      return 0;
    }
    float within = Math.abs(location - low) % period;
    return Math.min(within, period - within) + low;
  }

  private static float[] cubic(float second) {
    float first = 1 - second;
    return new float[] {outer(second + 1), inner(second), inner(first), outer(first + 1)};
  }

  private static float inner(float distance) {
    return ((CUBIC + 2) * distance - (CUBIC + 3)) * distance * distance + 1;
  }

  private static float outer(float distance) {
    return ((CUBIC * distance - 5 * CUBIC) * distance + 8 * CUBIC) * distance - 4 * CUBIC;
  }
}
