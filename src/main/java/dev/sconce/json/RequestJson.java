package dev.sconce.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

/** Reads the JSON that a request brings. Safe from any thread. */
public final class RequestJson {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

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
}
