package dev.sconce.vision;

import dev.sconce.image.Normalizer;
import dev.sconce.image.RgbImage;
import dev.sconce.image.TensorLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Room for the pixels of one batch, which grows to the largest batch seen. It belongs to one
 * handler's thread.
 */
final class PictureBatch {
  private ByteBuffer pixels = ByteBuffer.allocateDirect(0);

  /**
   * Normalises pictures of one size, one after the other.
   *
   * @return float32 [pictures, height, width, 3] in a direct buffer in native order; good until the
   *     next call
   */
  ByteBuffer fill(List<RgbImage> pictures, Normalizer normalizer) {
    int values = Math.multiplyExact(pictures.size(), pictures.get(0).pixels().length);
    int bytes = Math.multiplyExact(values, Float.BYTES);
    if (pixels.capacity() < bytes) {
      pixels = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }
    pixels.clear().limit(bytes);
    FloatBuffer floats = pixels.asFloatBuffer();
    pictures.forEach(picture -> normalizer.write(picture, TensorLayout.NHWC, floats));
    return pixels;
  }
}
