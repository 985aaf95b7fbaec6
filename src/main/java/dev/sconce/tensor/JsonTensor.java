package dev.sconce.tensor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.json.RequestJson;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Numbers of a request in rows and columns, as they came. Immutable. */
final class JsonTensor {
  private final Kind kind;
  private final List<JsonNode> elements;

  private JsonTensor(Kind kind, List<JsonNode> elements) {
    this.kind = kind;
    this.elements = elements;
  }

  /**
   * What tensors must share to be stacked.
   *
   * @param datatype of the elements
   * @param shape the sizes, the outermost first; empty for a single number
   */
  record Kind(Datatype datatype, List<Long> shape) {
    /** As in {@code FP32 [2, 3]}. */
    @Override
    public String toString() {
      return datatype + " " + shape;
    }
  }

  /**
   * Reads lists in lists, or a single number.
   *
   * @param place of {@code root}, for messages
   * @param declared what the request says of its elements; without it, as {@code torch.as_tensor}
   *     has it: {@code BOOL} if all are true or false, {@code INT64} if all are whole, else {@code
   *     FP32}
   * @throws ServingException {@code BAD_REQUEST} naming the place, if the lists' lengths differ or
   *     an element is of another type
   */
  static JsonTensor of(String place, JsonNode root, Optional<Datatype> declared) {
    List<Long> shape = new ArrayList<>();
    JsonNode first = root;
    while (first.isArray()) {
      shape.add((long) first.size());
      first = first.path(0);
    }
    Reader reader = new Reader(place, List.copyOf(shape));
    reader.collect(root, 0);
    List<JsonNode> elements = reader.elements;
    Datatype datatype = declared.orElseGet(() -> inferred(elements));
    for (int i = 0; i < elements.size(); i++) {
      check(elements.get(i), datatype, place, shape, i);
    }
    return new JsonTensor(new Kind(datatype, reader.shape), elements);
  }

  /** Walks through the lists; says where it is only if something is wrong there. */
  private static final class Reader {
    private final String place;
    private final List<Long> shape;
    private final int[] at;
    private final List<JsonNode> elements = new ArrayList<>();

    /**
     * A reader of lists in lists.
     *
     * @param shape as the first ones at each depth have it; the others must agree
     */
    Reader(String place, List<Long> shape) {
      this.place = place;
      this.shape = shape;
      this.at = new int[shape.size()];
    }

    void collect(JsonNode node, int depth) {
      if (depth == shape.size()) {
        if (!node.isNumber() && !node.isBoolean()) {
          throw wrong(here(depth), node, "a number, true or false");
        }
        elements.add(node);
        return;
      }
      if (!node.isArray()) {
        throw wrong(here(depth), node, "a list of " + shape.get(depth));
      }
      if (node.size() != shape.get(depth)) {
        throw refused(
            "%s: a list of %d (expected: %d, as in the first one)"
                .formatted(here(depth), node.size(), shape.get(depth)));
      }
      for (int i = 0; i < node.size(); i++) {
        at[depth] = i;
        collect(node.get(i), depth + 1);
      }
    }

    private String here(int depth) {
      StringBuilder here = new StringBuilder(place);
      Arrays.stream(at, 0, depth).forEach(i -> here.append('[').append(i).append(']'));
      return here.toString();
    }
  }

  private static Datatype inferred(List<JsonNode> elements) {
    if (elements.stream().anyMatch(JsonNode::isFloatingPointNumber) || elements.isEmpty()) {
      return Datatype.FP32;
    }
    return elements.stream().allMatch(JsonNode::isBoolean) ? Datatype.BOOL : Datatype.INT64;
  }

  private static void check(
      JsonNode element, Datatype type, String place, List<Long> shape, int index) {
    boolean fits =
        type.isDecimal()
            || element.isBoolean()
            || (element.canConvertToLong()
                && element.isIntegralNumber()
                && type.holds(element.asLong()));
    if (!fits) {
      throw wrong(place + path(shape, index), element, type + ": " + type.range());
    }
  }

  /** Where the element with that number stands: {@code [1][0]}. */
  private static String path(List<Long> shape, int index) {
    StringBuilder path = new StringBuilder();
    long rest = index;
    for (int d = shape.size() - 1; d >= 0; d--) {
      path.insert(0, "[" + rest % shape.get(d) + "]");
      rest /= shape.get(d);
    }
    return path.toString();
  }

  private static ServingException wrong(String place, JsonNode found, String expected) {
    return refused(place + ": " + RequestJson.shown(found) + " (expected: " + expected + ")");
  }

  private static ServingException refused(String message) {
    return new ServingException(ErrorCode.BAD_REQUEST, message);
  }

  Kind kind() {
    return kind;
  }

  int size() {
    return elements.size();
  }

  /** The same numbers as elements of a type that holds them all. */
  JsonTensor as(Datatype datatype) {
    return new JsonTensor(new Kind(datatype, kind.shape), elements);
  }

  /** Appends the elements in row-major order, {@code float16} as {@code float32}. */
  void write(ByteBuffer target) {
    for (JsonNode element : elements) {
      double decimal = element.isBoolean() ? (element.asBoolean() ? 1 : 0) : element.doubleValue();
      long whole = element.isBoolean() ? (element.asBoolean() ? 1 : 0) : element.longValue();
      switch (kind.datatype.seen()) {
        case FLOAT16, FLOAT32 -> target.putFloat((float) decimal);
        case FLOAT64 -> target.putDouble(decimal);
        case INT64 -> target.putLong(whole);
        case INT32 -> target.putInt((int) whole);
        default -> target.put((byte) whole);
      }
    }
  }
}
