package dev.sconce.vision;

import ai.djl.ndarray.types.Shape;
import java.util.Random;

/**
 * Pictures to try a network with that has none: waves of all lengths and directions, the long ones
 * strong as in photographs, and some noise. The same each time.
 */
final class MadeUpPictures {
  private static final int CHANNELS = 3;
  private static final int WAVES = 6;
  private static final double NOISE = 0.1;

  private MadeUpPictures() {}

  /**
   * One request's pictures.
   *
   * @param seed others for each
   * @param request [N, height, width, 3]
   * @return as after normalisation: mean about 0, deviation about 1
   */
  static float[] normalised(int seed, Shape request) {
    Random random = new Random(seed);
    int height = (int) request.get(1);
    int width = (int) request.get(2);
    int picture = height * width * CHANNELS;
    float[] all = new float[(int) request.get(0) * picture];
    for (int i = 0; i < all.length; i++) {
      all[i] = (float) (NOISE * random.nextGaussian());
    }
    for (int start = 0; start < all.length; start += picture) {
      for (int wave = 0; wave < WAVES; wave++) {
        addWave(all, start, height, width, random, 1 << wave);
      }
    }
    return all;
  }

  /** A wave that has so many crests across the picture at most, as weak as it is short. */
  private static void addWave(
      float[] all, int start, int height, int width, Random random, int crests) {
    double down = random.nextGaussian() * crests * 2 * Math.PI / height;
    double right = random.nextGaussian() * crests * 2 * Math.PI / width;
    double phase = random.nextDouble() * 2 * Math.PI;
    double[] strength = random.doubles(CHANNELS, -2.0 / crests, 2.0 / crests).toArray();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double value = Math.cos(phase + down * y + right * x);
        int pixel = start + (y * width + x) * CHANNELS;
        for (int channel = 0; channel < CHANNELS; channel++) {
          all[pixel + channel] += (float) (strength[channel] * value);
        }
      }
    }
  }
}
