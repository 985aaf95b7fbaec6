package dev.sconce.vision;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.image.Normalizer;
import dev.sconce.image.RgbImage;
import dev.sconce.image.TensorLayout;
import dev.sconce.json.RequestJson;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a module is asked about in one request.
 *
 * @param shape its sizes; of a picture {@code [3, height, width]}
 * @param writer puts its float32 values, in that shape's order, into a buffer
 * @param picture what the values were made of, as the module sees it but for the normalisation;
 *     empty if they are the caller's own
 */
record PictureTensor(List<Long> shape, Consumer<FloatBuffer> writer, Optional<RgbImage> picture) {

  /** A picture's pixels, made floats only when they are written. */
  static PictureTensor of(RgbImage picture, Normalizer normalizer) {
    return new PictureTensor(
        List.of(3L, (long) picture.height(), (long) picture.width()),
        floats -> normalizer.write(picture, TensorLayout.NCHW, floats),
        Optional.of(picture));
  }

  /**
   * Numbers as they are, in nested JSON lists, as TorchServe's handlers take them.
   *
   * @param name the part's, for messages
   * @throws ServingException {@code BAD_REQUEST} if {@code json} is not lists of the same lengths
   *     with numbers in the innermost ones
   */
  static PictureTensor ofJson(String name, String json) {
    JsonNode root = parse(name, json);
    List<Long> shape = new ArrayList<>();
    JsonNode first = root;
    while (first.isArray()) {
      shape.add((long) first.size());
      if (first.isEmpty()) {
        throw refused(name, "an empty list");
      }
      first = first.get(0);
    }
    FloatBuffer values = FloatBuffer.allocate(Math.toIntExact(count(root)));
    fill(name, root, shape, values);
    return new PictureTensor(
        shape, floats -> floats.put(values.duplicate().flip()), Optional.empty());
  }

  private static JsonNode parse(String name, String json) {
    try {
      return RequestJson.read(json);
    } catch (IllegalArgumentException e) {
      throw refused(name, String.valueOf(e.getMessage()));
    }
  }

  /** What there really is, whatever the first elements' lengths say. */
  private static long count(JsonNode node) {
    long count = node.isArray() ? 0 : 1;
    for (JsonNode element : node) {
      count += count(element);
    }
    return count;
  }

  private static void fill(String name, JsonNode node, List<Long> shape, FloatBuffer values) {
    if (shape.isEmpty()) {
      if (!node.isNumber()) {
        throw refused(name, RequestJson.asField(node));
      }
      values.put(node.floatValue());
      return;
    }
    if (!node.isArray() || node.size() != shape.get(0)) {
      throw refused(
          name, "a list of " + shape.get(0) + " beside " + (node.isArray() ? node.size() : node));
    }
    for (JsonNode element : node) {
      fill(name, element, shape.subList(1, shape.size()), values);
    }
  }

  private static ServingException refused(String name, String what) {
    String shown = what.length() <= 40 ? what : what.substring(0, 40) + "…";
    return new ServingException(
        ErrorCode.BAD_REQUEST,
        name
            + ": "
            + shown
            + " (expected: a picture, or nested lists of numbers, each as long as"
            + " its neighbours)");
  }

  /**
   * Asks a module about tensors; if it fails on those that callers made, that is the caller's
   * fault.
   *
   * @throws ServingException what {@code question} threw, {@code BAD_REQUEST} for {@code INTERNAL}
   */
  static <T> T blamingCallers(List<PictureTensor> tensors, Supplier<T> question) {
    try {
      return question.get();
    } catch (ServingException e) {
      boolean callers = tensors.stream().anyMatch(tensor -> tensor.picture.isEmpty());
      throw callers && e.code() == ErrorCode.INTERNAL
          ? new ServingException(ErrorCode.BAD_REQUEST, e.getMessage(), e)
          : e;
    }
  }

  /** How many values there are. */
  long size() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }
}
