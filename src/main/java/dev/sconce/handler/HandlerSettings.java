package dev.sconce.handler;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model's own configuration, from its {@code model-config.yaml}.
 *
 * <p>Every getter throws {@link ServingException} with {@code INVALID_MODEL} if the key is there
 * but its value is of another type, as in {@code model-config.yaml: topK: many (expected: a whole
 * number)}.
 *
 * @param values the file's top level; empty if the model has no such file
 */
public record HandlerSettings(Map<String, Object> values) {
  /** No settings at all: every default holds. */
  public static final HandlerSettings NONE = new HandlerSettings(Map.of());

  /** Copies the top level. */
  public HandlerSettings {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** A text; numbers and booleans are taken as they are written. */
  public Optional<String> text(String key) {
    return value(key).map(value -> toText(key, value));
  }

  /** A yes or no. */
  public Optional<Boolean> flag(String key) {
    return value(key).map(value -> toFlag(key, value));
  }

  /** A whole number. */
  public Optional<Integer> integer(String key) {
    return value(key).map(value -> toInteger(key, value, "a whole number"));
  }

  /** A list of exactly {@code count} whole numbers. */
  public Optional<List<Integer>> integers(String key, int count) {
    String expected = "a list of " + count + " whole numbers";
    return value(key)
        .map(
            value ->
                toList(key, value, count, expected).stream()
                    .map(element -> toInteger(key, element, expected))
                    .toList());
  }

  /** A list of exactly {@code count} finite numbers. */
  public Optional<List<Double>> numbers(String key, int count) {
    String expected = "a list of " + count + " numbers";
    return value(key)
        .map(
            value ->
                toList(key, value, count, expected).stream()
                    .map(element -> toNumber(key, element, expected))
                    .toList());
  }

  /** The refusal of what {@code key} is set to; to be thrown. */
  public ServingException fault(String key, String expected) {
    return new ServingException(
        ErrorCode.INVALID_MODEL,
        "model-config.yaml: " + key + ": " + values.get(key) + " (expected: " + expected + ")");
  }

  private Optional<Object> value(String key) {
    return Optional.ofNullable(values.get(key));
  }

  private String toText(String key, Object value) {
    if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    throw fault(key, "a text");
  }

  private boolean toFlag(String key, Object value) {
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw fault(key, "true or false");
  }

  private int toInteger(String key, @Nullable Object value, String expected) {
    if (value instanceof Integer number) {
      return number;
    }
    throw fault(key, expected);
  }

  private double toNumber(String key, @Nullable Object value, String expected) {
    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    throw fault(key, expected);
  }

  private List<?> toList(String key, Object value, int count, String expected) {
    if (value instanceof List<?> list && list.size() == count) {
      return list;
    }
    throw fault(key, expected);
  }
}
