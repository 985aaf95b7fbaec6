package dev.sconce.vision;

import dev.sconce.image.PilResize;
import dev.sconce.image.ResizeFilter;
import dev.sconce.image.RgbImage;
import java.util.List;

/**
 * A heat-map drawn over its picture, as the original service's client draws it: the picture resized
 * to 600 x 400 by Pillow's default filter, over it matplotlib's {@code imshow(map, alpha=0.3,
 * interpolation="bilinear", cmap="jet")} stretched over the whole picture. A map's least value is
 * blue and its largest red, so maps drawn apart do not compare. Immutable.
 *
 * <p>Against matplotlib 3.11, whose renderer rounds coordinates to 1/256, colours differ by at most
 * 3 of 255.
 */
final class HeatMapOverlay {
  static final int WIDTH = 600;
  static final int HEIGHT = 400;
  private static final float ALPHA = 0.3f;

  private HeatMapOverlay() {}

  /** The picture in the size that is drawn on, whatever its proportions. */
  static RgbImage canvas(RgbImage picture) {
    return PilResize.resize(picture, WIDTH, HEIGHT, ResizeFilter.BICUBIC);
  }

  /**
   * Draws a map.
   *
   * @param canvas from {@link #canvas}
   * @param map its rows from top to bottom, all of one length
   */
  static RgbImage draw(RgbImage canvas, List<float[]> map) {
    float least = Float.POSITIVE_INFINITY;
    float largest = Float.NEGATIVE_INFINITY;
    for (float[] row : map) {
      for (float value : row) {
        least = Math.min(least, value);
        largest = Math.max(largest, value);
      }
    }
    float scale = largest > least ? 1 / (largest - least) : 0;
    Axis across = new Axis(canvas.width(), map.get(0).length);
    Axis down = new Axis(canvas.height(), map.size());
    byte[] pixels = canvas.pixels().clone();
    for (int y = 0; y < canvas.height(); y++) {
      float[] upper = map.get(down.first[y]);
      float[] lower = map.get(down.second[y]);
      for (int x = 0; x < canvas.width(); x++) {
        float above = across.between(upper, x);
        float value = above + (across.between(lower, x) - above) * down.part[y];
        blend(pixels, 3 * (y * canvas.width() + x), JetColours.of((value - least) * scale));
      }
    }
    return new RgbImage(canvas.width(), canvas.height(), pixels);
  }

  private static void blend(byte[] pixels, int at, int colour) {
    for (int channel = 0; channel < 3; channel++) {
      int under = pixels[at + channel] & 0xFF;
      int over = colour >> (16 - 8 * channel) & 0xFF;
      pixels[at + channel] = (byte) Math.round(under + (over - under) * ALPHA);
    }
  }

  /** Two pictures of one height beside each other. */
  static RgbImage beside(RgbImage left, RgbImage right) {
    int leftBytes = 3 * left.width();
    int rightBytes = 3 * right.width();
    byte[] pixels = new byte[left.height() * (leftBytes + rightBytes)];
    for (int y = 0; y < left.height(); y++) {
      int at = y * (leftBytes + rightBytes);
      System.arraycopy(left.pixels(), y * leftBytes, pixels, at, leftBytes);
      System.arraycopy(right.pixels(), y * rightBytes, pixels, at + leftBytes, rightBytes);
    }
    return new RgbImage(left.width() + right.width(), left.height(), pixels);
  }

  /**
   * Where the pixels of one side lie between the values of a map; the centres of the outer values
   * lie inside, and beyond them a map goes on as it is.
   */
  private static final class Axis {
    final int[] first;
    final int[] second;
    final float[] part;

    Axis(int pixels, int values) {
      first = new int[pixels];
      second = new int[pixels];
      part = new float[pixels];
      for (int i = 0; i < pixels; i++) {
        double at = Math.max(0, Math.min(values - 1, (i + 0.5) / pixels * values - 0.5));
        first[i] = (int) at;
        second[i] = Math.min(values - 1, first[i] + 1);
        part[i] = (float) (at - first[i]);
      }
    }

    float between(float[] row, int pixel) {
      float left = row[first[pixel]];
      return left + (row[second[pixel]] - left) * part[pixel];
    }
  }
}
