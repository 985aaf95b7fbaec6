package dev.sconce.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON that a request brings; as in Python, {@code NaN}, {@code Infinity} and {@code
 * -Infinity} are numbers. Safe from any thread.
 */
public final class RequestJson {
  private static final int LONGEST_SHOWN = 40;
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
          .build();

  private RequestJson() {}

  /**
   * The one value that {@code text} is.
   *
   * @throws IllegalArgumentException saying where, if it is no JSON, is nested too deep, or goes on
   *     behind its value
   */
  public static JsonNode read(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(fault(e.getLocation()), e);
    }
  }

  /** In place of the parser's message, which speaks of the parser's own settings. */
  private static String fault(@Nullable JsonLocation place) {
    return place == null
        ? "JSON that is nested too deep, or has too long a number or name"
        : "no JSON at line %d, column %d".formatted(place.getLineNr(), place.getColumnNr());
  }

  /** What a form would have sent for {@code value}: a text without quotes, the rest as written. */
  public static String asField(JsonNode value) {
    return value.isValueNode() ? value.asText() : value.toString();
  }

  /** A text that {@link #read} makes {@code value} of. */
  public static byte[] bytes(JsonNode value) {
    try {
      return JSON.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of JSON values cannot be written", e);
    }
  }

  /** What {@code value} is, for a message: {@code an object}, {@code 3}, {@code "abc"}. */
  public static String shown(JsonNode value) {
    if (value.isObject()) {
      return "an object";
    }
    if (value.isArray()) {
      return value.isEmpty() ? "an empty list" : "a list";
    }
    String text = value.toString();
    return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
  }
}
