package dev.sconce.vision;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * The floats of one batch on their way to a module: outside the heap, grown to the largest batch
 * that is not huge. Belongs to one handler's thread.
 */
final class PixelBuffer {
  /** A larger one is not kept: one huge picture should not take its memory for good. */
  private static final int MOST_KEPT_BYTES = 64 << 20;

  private ByteBuffer kept = ByteBuffer.allocateDirect(0);
  private ByteBuffer current = kept;

  /**
   * Room for that many values, to be written from the start; what was there before is gone.
   *
   * @throws ArithmeticException if they are 2 GiB or more
   */
  FloatBuffer clear(long values) {
    int bytes = Math.toIntExact(Math.multiplyExact(values, Float.BYTES));
    current = kept;
    if (kept.capacity() < bytes) {
      current = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
      if (bytes <= MOST_KEPT_BYTES) {
        kept = current;
      }
    }
    return current.clear().limit(bytes).asFloatBuffer();
  }

  /** The values' bytes, direct and in native order. */
  ByteBuffer bytes() {
    return current;
  }
}
