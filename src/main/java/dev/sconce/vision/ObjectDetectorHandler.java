package dev.sconce.vision;

import dev.sconce.handler.ClassNames;
import dev.sconce.torch.ScriptValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The things in a picture, each with its box and score, in the module's order: {@code [{"cat": [x1,
 * y1, x2, y2], "score": 0.98}, …]}. Boxes are in pixels; scores below 0.5 are left out.
 *
 * <p>The module takes pictures of one size as {@code float32 NCHW}, or, as torchvision's scripted
 * detectors do, a list of {@code CHW}; all values are 0…1. For each picture it gives a dictionary
 * of {@code boxes}, {@code labels} and {@code scores}; scripted, torchvision's put a dictionary of
 * losses before the list.
 */
final class ObjectDetectorHandler extends PictureHandler<List<ObjectDetectorHandler.Detection>> {
  /** The name that register calls and manifests use. */
  static final String NAME = "object_detector";

  private static final float THRESHOLD = 0.5f;
  private static final int CORNERS = 4;
  private static final String EXPECTED =
      "for each picture a dictionary of floating point boxes [n, 4], whole labels [n] and floating"
          + " point scores [n]";

  ObjectDetectorHandler(PictureReader reader, ModuleFactory modules) {
    super(PictureSettings.AS_THEY_ARE, reader, modules);
  }

  /**
   * One thing in a picture.
   *
   * @param label index of its class
   * @param box x and y of the upper left corner, then of the lower right one
   */
  record Detection(long label, List<Float> box, float score) {}

  @Override
  List<List<Detection>> read(ModuleAnswer answer) {
    return answer.each(withoutLosses(answer.value()), EXPECTED).stream()
        .map(found -> detections(answer, found))
        .toList();
  }

  private static ScriptValue withoutLosses(ScriptValue value) {
    boolean losses =
        value instanceof ScriptValue.Sequence pair
            && pair.elements().size() == 2
            && pair.elements().get(0) instanceof ScriptValue.Dictionary
            && pair.elements().get(1) instanceof ScriptValue.Sequence;
    return losses ? ((ScriptValue.Sequence) value).elements().get(1) : value;
  }

  private static List<Detection> detections(ModuleAnswer answer, ScriptValue found) {
    float[] scores =
        answer.floats(answer.member(found, "scores", EXPECTED), EXPECTED, -1).toFloatArray();
    int count = scores.length;
    long[] labels =
        answer.integers(answer.member(found, "labels", EXPECTED), EXPECTED, count).toLongArray();
    float[] boxes =
        answer
            .floats(answer.member(found, "boxes", EXPECTED), EXPECTED, count, CORNERS)
            .toFloatArray();
    List<Detection> detections = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (scores[i] >= THRESHOLD) {
        float[] box = Arrays.copyOfRange(boxes, CORNERS * i, CORNERS * (i + 1));
        detections.add(
            new Detection(labels[i], List.of(box[0], box[1], box[2], box[3]), scores[i]));
      }
    }
    return detections;
  }

  @Override
  Object json(List<Detection> detections, ClassNames names) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Detection detection : detections) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put(names.of(detection.label), detection.box);
      one.put("score", detection.score);
      all.add(one);
    }
    return all;
  }
}
