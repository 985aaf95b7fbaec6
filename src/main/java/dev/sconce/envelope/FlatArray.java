package dev.sconce.envelope;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;

/**
 * A JSON value as {@code numpy.array(value).flatten()} has it.
 *
 * @param datatype KServe's name for what numpy makes of it: {@code BOOL}, {@code INT64}, {@code
 *     FP64}, or {@code BYTES} for anything else
 * @param elements in row-major order; if one is a decimal number, all are
 */
record FlatArray(String datatype, List<Object> elements) {

  static FlatArray of(Object value) {
    List<Object> flat = new ArrayList<>();
    flatten(value, flat);
    if (!flat.stream().allMatch(e -> e instanceof Number || e instanceof Boolean)) {
      return new FlatArray("BYTES", flat);
    }
    // numpy takes an empty list for one of floats
    if (flat.isEmpty() || flat.stream().anyMatch(FlatArray::isDecimal)) {
      return new FlatArray(
          "FP64", flat.stream().map(e -> (Object) number(e).doubleValue()).toList());
    }
    if (flat.stream().allMatch(e -> e instanceof Boolean)) {
      return new FlatArray("BOOL", flat);
    }
    return new FlatArray("INT64", flat.stream().map(e -> (Object) number(e)).toList());
  }

  private static boolean isDecimal(Object element) {
    return element instanceof Float || element instanceof Double;
  }

  private static Number number(Object element) {
    return element instanceof Boolean flag ? (Number) (flag ? 1 : 0) : (Number) element;
  }

  private static void flatten(Object value, List<Object> flat) {
    if (value instanceof Iterable<?> items) {
      items.forEach(item -> flatten(item, flat));
    } else if (value.getClass().isArray()) {
      for (int i = 0; i < Array.getLength(value); i++) {
        flatten(Array.get(value, i), flat);
      }
    } else {
      flat.add(value);
    }
  }
}
