package dev.sconce.image;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.FloatBuffer;

/**
 * Turns uint8 RGB into float32 as torchvision's {@code ToTensor} and {@code Normalize} do: {@code
 * (value / 255 - mean) / std}, each step rounded to float32. Bit-equal to them, by a table of the
 * 256 values of each channel. Immutable; safe for any thread.
 */
public final class Normalizer {
  private static final int CHANNELS = 3;
  private static final double MOST = 255;

  private final float[] shift = new float[CHANNELS];
  private final float[] scale = new float[CHANNELS];
  private final float[][] tables = new float[CHANNELS][256];

  /**
   * The normalisation with the given values for red, green and blue.
   *
   * @throws ServingException with {@code INVALID_MODEL} if there are not three of each, one is not
   *     finite, or a {@code std} is zero
   */
  public Normalizer(double[] mean, double[] std) {
    this(MOST, mean, std);
  }

  /**
   * The normalisation of values that are divided by another number than 255 first, as fast.ai's
   * {@code IntToFloatTensor(div)} does.
   *
   * @throws ServingException as the other constructor, also if the divisor is zero or not finite
   */
  public Normalizer(double divisor, double[] mean, double[] std) {
    float div = (float) divisor;
    if (div == 0 || !Float.isFinite(div)) {
      throw invalid("div: " + divisor + " (expected: finite, not 0)");
    }
    check("mean", mean);
    check("std", std);
    for (int channel = 0; channel < CHANNELS; channel++) {
      shift[channel] = (float) mean[channel];
      scale[channel] = (float) std[channel];
      if (scale[channel] == 0) {
        throw invalid("std: " + std[channel] + " (expected: not 0)");
      }
      for (int value = 0; value < 256; value++) {
        tables[channel][value] = normalized(value / div, channel);
      }
    }
  }

  private float normalized(float value, int channel) {
    return (value - shift[channel]) / scale[channel];
  }

  private static void check(String name, double[] values) {
    if (values.length != CHANNELS) {
      throw invalid(name + ": " + values.length + " values (expected: 3)");
    }
    for (double value : values) {
      if (!Float.isFinite((float) value)) {
        throw invalid(name + ": " + value + " (expected: finite)");
      }
    }
  }

  private static ServingException invalid(String message) {
    return new ServingException(ErrorCode.INVALID_MODEL, message);
  }

  /**
   * Writes a picture from the buffer's position on, which moves behind it. Floats are divided
   * already.
   *
   * @param out has room for {@code 3 * height * width} values
   * @throws java.nio.BufferOverflowException if it has not
   */
  public void write(Pixels picture, TensorLayout layout, FloatBuffer out) {
    float[] row = new float[CHANNELS * picture.width()];
    if (layout == TensorLayout.NHWC) {
      for (int y = 0; y < picture.height(); y++) {
        fillPixels(picture, y, row);
        out.put(row);
      }
      return;
    }
    for (int channel = 0; channel < CHANNELS; channel++) {
      for (int y = 0; y < picture.height(); y++) {
        fillChannel(picture, y, channel, row);
        out.put(row, 0, picture.width());
      }
    }
  }

  private void fillPixels(Pixels picture, int y, float[] row) {
    int from = y * row.length;
    if (picture instanceof FloatImage floats) {
      for (int i = 0; i < row.length; i++) {
        row[i] = normalized(floats.values()[from + i], i % CHANNELS);
      }
    } else if (picture instanceof RgbImage bytes) {
      byte[] pixels = bytes.pixels();
      for (int i = 0; i < row.length; i += CHANNELS) {
        row[i] = tables[0][pixels[from + i] & 0xFF];
        row[i + 1] = tables[1][pixels[from + i + 1] & 0xFF];
        row[i + 2] = tables[2][pixels[from + i + 2] & 0xFF];
      }
    }
  }

  private void fillChannel(Pixels picture, int y, int channel, float[] row) {
    int from = y * row.length + channel;
    if (picture instanceof FloatImage floats) {
      for (int x = 0; x < picture.width(); x++) {
        row[x] = normalized(floats.values()[from + CHANNELS * x], channel);
      }
    } else if (picture instanceof RgbImage bytes) {
      float[] table = tables[channel];
      for (int x = 0; x < picture.width(); x++) {
        row[x] = table[bytes.pixels()[from + CHANNELS * x] & 0xFF];
      }
    }
  }
}
