package dev.sconce.vision;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import dev.sconce.handler.ClassNames;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The likeliest class of each pixel with its probability: rows of {@code [class, probability]},
 * both decimals, as many as the module's own output has. The module gives a dictionary whose {@code
 * out} are the classes' scores, as torchvision's segmentation models do.
 */
final class ImageSegmenterHandler extends PictureHandler<float[][][]> {
  /** The name that register calls and manifests use. */
  static final String NAME = "image_segmenter";

  private static final String EXPECTED =
      "a dictionary with out: floating point numbers [pictures, classes, height, width]";

  ImageSegmenterHandler(PictureReader reader, ModuleFactory modules) {
    super(PictureSettings.IMAGENET, reader, modules);
  }

  @Override
  List<float[][][]> read(ModuleAnswer answer) {
    NDArray scores =
        answer.floats(
            answer.member(answer.value(), "out", EXPECTED),
            EXPECTED,
            answer.pictures(),
            -1,
            -1,
            -1);
    if (scores.getShape().size() == 0) {
      throw answer.unexpected(EXPECTED);
    }
    NDArray probabilities = scores.softmax(1);
    NDArray classes = probabilities.argMax(1).toType(DataType.FLOAT32, false);
    NDArray both = NDArrays.stack(new NDList(classes, probabilities.max(new int[] {1})), 3);
    FloatBuffer values = FloatBuffer.wrap(both.toFloatArray());
    int height = (int) both.getShape().get(1);
    int width = (int) both.getShape().get(2);
    List<float[][][]> all = new ArrayList<>(answer.pictures());
    for (int picture = 0; picture < answer.pictures(); picture++) {
      float[][][] rows = new float[height][width][2];
      for (float[][] row : rows) {
        for (float[] pixel : row) {
          values.get(pixel);
        }
      }
      all.add(rows);
    }
    return all;
  }

  @Override
  Object json(float[][][] rows, ClassNames names) {
    return rows;
  }
}
