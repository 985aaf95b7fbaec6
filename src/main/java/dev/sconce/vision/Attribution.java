package dev.sconce.vision;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.image.PngFile;
import dev.sconce.image.RgbImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How much each value of a picture adds to what a module says of it. */
final class Attribution {
  private final PictureTensor tensor;
  private final float[] values;

  /**
   * An attribution.
   *
   * @param tensor what the module was asked about
   * @param values one for each of the tensor's values, in its order; not copied
   */
  Attribution(PictureTensor tensor, float[] values) {
    this.tensor = tensor;
    this.values = values;
  }

  /** Nested lists in the tensor's shape: of a picture {@code [3][height][width]}. */
  Object nested() {
    return nested(0, 0, values.length);
  }

  private Object nested(int depth, int first, int count) {
    List<Long> shape = tensor.shape();
    if (depth >= shape.size() - 1) {
      return Arrays.copyOfRange(values, first, first + count);
    }
    int length = Math.toIntExact(shape.get(depth));
    List<Object> parts = new ArrayList<>(length);
    for (int i = 0; i < length; i++) {
      parts.add(nested(depth + 1, first + i * (count / length), count / length));
    }
    return parts;
  }

  /**
   * A PNG of the picture as the module saw it, in that size, with a heat-map over it: for each
   * pixel the sum of its channels' absolute values.
   *
   * @throws ServingException {@code BAD_REQUEST} if the request held numbers and no picture
   */
  byte[] png() {
    RgbImage picture =
        tensor
            .picture()
            .orElseThrow(
                () ->
                    new ServingException(
                        ErrorCode.BAD_REQUEST,
                        "accept: "
                            + PngFile.MEDIA_TYPE
                            + ": lists of numbers cannot be drawn on (expected: a picture, or"
                            + " application/json)"));
    return PngFile.of(HeatMapOverlay.draw(picture, strengths(picture)));
  }

  private List<float[]> strengths(RgbImage picture) {
    int area = picture.height() * picture.width();
    List<float[]> rows = new ArrayList<>(picture.height());
    for (int start = 0; start < area; start += picture.width()) {
      float[] row = new float[picture.width()];
      for (int x = 0; x < row.length; x++) {
        for (int at = start + x; at < values.length; at += area) {
          row[x] += Math.abs(values[at]);
        }
      }
      rows.add(row);
    }
    return rows;
  }
}
