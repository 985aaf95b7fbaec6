package dev.sconce.weights;

import dev.sconce.weights.PickleValue.Bytes;
import dev.sconce.weights.PickleValue.Items;
import dev.sconce.weights.PickleValue.None;
import dev.sconce.weights.PickleValue.Stateful;
import dev.sconce.weights.PickleValue.Tuple;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What people keep in lists, whatever they take for one: Python's list, tuple and set, fastcore's
 * {@code L} and {@code fastuple}, NumPy's arrays of text.
 */
final class PythonLists {
  /** The code point's bytes in an array of text, and the letters of the types that hold text. */
  private static final int UCS4 = 4;

  private static final String TEXT = "U";
  private static final String OBJECTS = "O";

  private PythonLists() {}

  /** The elements; empty also of what is no list. */
  static List<Object> of(Object value) {
    if (value instanceof Items list) {
      return list.items();
    }
    if (value instanceof Tuple tuple) {
      return tuple.items();
    }
    if (!(value instanceof Stateful object)) {
      return List.of();
    }
    // L is made of nothing and has its items as state, fastuple and set are made of theirs.
    Object inner = object.arguments().isEmpty() ? None.NONE : object.arguments().get(0);
    return items(object.attribute("items").orElse(inner));
  }

  private static List<Object> items(Object value) {
    return value instanceof Items || value instanceof Tuple ? of(value) : List.of();
  }

  /** The elements that are objects. */
  static List<Stateful> objects(Object value) {
    return of(value).stream().filter(Stateful.class::isInstance).map(Stateful.class::cast).toList();
  }

  /**
   * The elements, or the number itself as the only one; empty unless all are whole numbers or
   * members of an enumeration of such.
   */
  static List<Long> integers(Object value) {
    List<Object> elements = number(value) instanceof Long ? List.of(value) : of(value);
    List<Object> numbers = elements.stream().map(PythonLists::number).toList();
    return numbers.stream().allMatch(Long.class::isInstance)
        ? numbers.stream().map(Long.class::cast).toList()
        : List.of();
  }

  /** A member of an enumeration is pickled as its class, called with its value. */
  private static Object number(Object value) {
    return value instanceof Stateful member && member.arguments().size() == 1
        ? member.arguments().get(0)
        : value;
  }

  /**
   * The elements; empty if one is no text, or if there are more or longer ones than classes have.
   */
  static List<String> texts(Object value) {
    List<Object> elements = array(value).orElseGet(() -> of(value));
    if (elements.size() > Limits.CLASS_NAMES) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    for (Object element : elements) {
      List<Object> scalar = scalar(element);
      Object plain = scalar.size() == 1 ? scalar.get(0) : element;
      if (!(plain instanceof String text) || text.length() > Limits.NAME_LENGTH) {
        return List.of();
      }
      texts.add(text);
    }
    return texts;
  }

  /** {@code _reconstruct(...)} with the state {@code (version, shape, dtype, fortran, data)}. */
  private static Optional<List<Object>> array(Object value) {
    if (!(value instanceof Stateful array)
        || !array.type().endsWith(".multiarray._reconstruct")
        || !(array.state() instanceof Tuple state)
        || state.items().size() != 5) {
      return Optional.empty();
    }
    return Optional.of(elements(state.items().get(2), state.items().get(4)));
  }

  /** {@code scalar(dtype, data)}. */
  private static List<Object> scalar(Object value) {
    return value instanceof Stateful scalar
            && scalar.type().endsWith(".multiarray.scalar")
            && scalar.arguments().size() == 2
        ? elements(scalar.arguments().get(0), scalar.arguments().get(1))
        : List.of();
  }

  /** The elements of an array of text, {@code dtype('U5')}, or of objects, {@code dtype('O')}. */
  private static List<Object> elements(Object dtype, Object data) {
    if (!(dtype instanceof Stateful type)
        || type.arguments().isEmpty()
        || !(type.arguments().get(0) instanceof String name)) {
      return List.of();
    }
    if (name.startsWith(OBJECTS)) {
      return items(data);
    }
    boolean text = name.matches(TEXT + "[1-9][0-9]{0,3}");
    return text
        ? elements(bytes(data), UCS4 * Integer.parseInt(name.substring(1)), charset(type))
        : List.of();
  }

  private static List<Object> elements(ByteBuffer data, int width, Charset charset) {
    List<Object> elements = new ArrayList<>();
    for (int at = 0; at + width <= data.limit() && elements.size() <= Limits.CLASS_NAMES; ) {
      elements.add(withoutPadding(charset.decode(data.slice(at, width)).toString()));
      at += width;
    }
    return elements;
  }

  private static String withoutPadding(String padded) {
    int end = padded.length();
    while (end > 0 && padded.charAt(end - 1) == '\0') {
      end--;
    }
    return padded.substring(0, end);
  }

  /** The state of a {@code dtype} is {@code (version, byte order, ...)}. */
  private static Charset charset(Stateful dtype) {
    List<Object> state = of(dtype.state());
    boolean big = state.size() > 1 && state.get(1).equals(">");
    return Charset.forName(big ? "UTF-32BE" : "UTF-32LE");
  }

  /** {@code bytes}, which protocol 2 has as {@code _codecs.encode(text, 'latin1')}. */
  private static ByteBuffer bytes(Object value) {
    if (value instanceof Bytes bytes) {
      return bytes.content().slice().order(ByteOrder.LITTLE_ENDIAN);
    }
    boolean encoded =
        value instanceof Stateful call
            && call.type().equals("_codecs.encode")
            && !call.arguments().isEmpty()
            && call.arguments().get(0) instanceof String;
    return encoded
        ? ByteBuffer.wrap(
            ((String) ((Stateful) value).arguments().get(0)).getBytes(StandardCharsets.ISO_8859_1))
        : ByteBuffer.allocate(0);
  }
}
