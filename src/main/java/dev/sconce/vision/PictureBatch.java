package dev.sconce.vision;

import dev.sconce.image.Normalizer;
import dev.sconce.image.Pixels;
import dev.sconce.image.TensorLayout;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;

/** The pixels of one batch as a network takes them. It belongs to one handler's thread. */
final class PictureBatch {
  private final PixelBuffer pixels = new PixelBuffer();

  /**
   * Normalises pictures of one size, one after the other.
   *
   * @return float32 [pictures, height, width, 3] in a direct buffer in native order; good until the
   *     next call
   */
  ByteBuffer fill(List<? extends Pixels> pictures, Normalizer normalizer) {
    Pixels first = pictures.get(0);
    FloatBuffer floats = pixels.clear(3L * pictures.size() * first.height() * first.width());
    pictures.forEach(picture -> normalizer.write(picture, TensorLayout.NHWC, floats));
    return pixels.bytes();
  }
}
