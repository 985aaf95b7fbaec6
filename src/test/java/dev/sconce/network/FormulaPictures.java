package dev.sconce.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;

/** Pictures by formula in the form that networks take. */
final class FormulaPictures {
  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

  private FormulaPictures() {}

  /** The named pictures, normalised: float32 [pictures, height, width, 3]. */
  static NDArray of(List<String> names, int height, int width, NDManager scope) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(names.size() * height * width * 3 * Float.BYTES)
            .order(ByteOrder.nativeOrder());
    FloatBuffer floats = bytes.asFloatBuffer();
    for (String name : names) {
      byte[] picture = Formula.picture(name, height, width);
      for (int i = 0; i < picture.length; i++) {
        floats.put(((picture[i] & 0xff) / 255f - MEAN[i % 3]) / DEVIATION[i % 3]);
      }
    }
    return scope.create(bytes, new Shape(names.size(), height, width, 3), DataType.FLOAT32);
  }
}
