package dev.sconce.image;

/**
 * A picture of floats: float32, HWC, RGB, rows from top to bottom, not yet normalised. Nobody
 * writes to it once it is made, which makes it safe to read from any thread.
 */
public final class FloatImage implements Pixels {
  private final int width;
  private final int height;
  private final float[] values;

  /** A picture over an array of {@code height * width * 3} floats, which it does not copy. */
  FloatImage(int width, int height, float[] values) {
    this.width = width;
    this.height = height;
    this.values = values;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  /** The floats themselves, not a copy: float32, HWC, RGB. Not to be written to. */
  public float[] values() {
    return values;
  }
}
