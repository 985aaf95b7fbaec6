package dev.sconce.http;

import io.netty.handler.codec.http.HttpHeaderValidationUtil;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The header fields of a message in the order they stand on the wire; names compare without regard
 * to case.
 *
 * @param fields the fields; a name may come more than once
 */
public record Headers(List<Field> fields) {
  /** No fields at all. */
  public static final Headers NONE = new Headers(List.of());

  /**
   * One field.
   *
   * @param name a token of RFC 9110, as it was or will be written
   * @param value the value without the blanks around it
   */
  public record Field(String name, String value) {
    /** Refuses whatever would end the field early and let its value write fields of its own. */
    public Field {
      if (HttpHeaderValidationUtil.validateToken(name) != -1 || name.isEmpty()) {
        throw new IllegalArgumentException("header name: " + name + " (expected: a token)");
      }
      if (HttpHeaderValidationUtil.validateValidHeaderValue(value) != -1) {
        throw new IllegalArgumentException(
            "header " + name + ": a value with a control character (expected: one line of text)");
      }
    }
  }

  /** Copies the list. */
  public Headers {
    fields = List.copyOf(fields);
  }

  /** A single field. */
  public static Headers of(String name, String value) {
    return new Headers(List.of(new Field(name, value)));
  }

  /** The fields of a map, in the map's order. */
  public static Headers of(Map<String, String> fields) {
    return new Headers(
        fields.entrySet().stream().map(e -> new Field(e.getKey(), e.getValue())).toList());
  }

  /** These fields and one more at the end. */
  public Headers with(String name, String value) {
    List<Field> more = new ArrayList<>(fields);
    more.add(new Field(name, value));
    return new Headers(more);
  }

  /** The value of the first field of that name. */
  public Optional<String> first(String name) {
    for (Field field : fields) {
      if (field.name().equalsIgnoreCase(name)) {
        return Optional.of(field.value());
      }
    }
    return Optional.empty();
  }

  /** The values of all fields of that name, in their order. */
  public List<String> all(String name) {
    return fields.stream()
        .filter(field -> field.name().equalsIgnoreCase(name))
        .map(Field::value)
        .toList();
  }

  /**
   * The fields by name, looked up without regard to case; values of one name are joined by {@code ,
   * } as RFC 9110, 5.3 allows.
   */
  public Map<String, String> asMap() {
    Map<String, String> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    fields.forEach(f -> byName.merge(f.name(), f.value(), (one, next) -> one + ", " + next));
    return Collections.unmodifiableMap(byName);
  }
}
