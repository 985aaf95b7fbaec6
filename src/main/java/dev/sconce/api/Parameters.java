package dev.sconce.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.http.Body;
import dev.sconce.http.Request;
import dev.sconce.json.RequestJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of a management call: its query, or its JSON body. A value that does not fit is
 * refused, naming parameter, value and expectation.
 */
final class Parameters {
  private final Map<String, String> values;

  private Parameters(Map<String, String> values) {
    this.values = values;
  }

  /** Reads them; a JSON body counts only if its content type says that it is one. */
  static Parameters of(Request request) {
    Map<String, String> values = new HashMap<>();
    request.parameters().forEach((name, all) -> values.put(name, all.get(0)));
    if (request.body() instanceof Body.Raw raw && isJson(raw.contentType())) {
      values.putAll(members(StandardCharsets.UTF_8.decode(raw.content()).toString()));
    }
    return new Parameters(values);
  }

  private static boolean isJson(String contentType) {
    String type = contentType.toLowerCase(Locale.ROOT);
    return type.equals("application/json") || type.startsWith("application/json;");
  }

  private static Map<String, String> members(String text) {
    Map<String, String> members = new HashMap<>();
    try {
      JsonNode root = RequestJson.read(text);
      if (!root.isObject()) {
        throw refused("JSON body: " + root.getNodeType() + " (expected: an object)");
      }
      root.properties().stream()
          .filter(member -> !member.getValue().isNull())
          .forEach(member -> members.put(member.getKey(), RequestJson.asField(member.getValue())));
      return members;
    } catch (IllegalArgumentException e) {
      throw refused("JSON body: " + e.getMessage() + " (expected: an object)");
    }
  }

  /** A value that may be empty. */
  Optional<String> given(String name) {
    return Optional.ofNullable(values.get(name));
  }

  Optional<String> text(String name) {
    return given(name).filter(value -> !value.isEmpty());
  }

  Optional<Integer> integer(String name, int least) {
    return text(name).map(value -> integer(name, value, least));
  }

  private static int integer(String name, String value, int least) {
    try {
      int number = Integer.parseInt(value);
      if (number >= least) {
        return number;
      }
    } catch (NumberFormatException e) {
      // refused below, as a number that is too small is
    }
    throw refused(name + ": " + value + " (expected: a whole number >= " + least + ")");
  }

  Optional<Duration> duration(String name, ChronoUnit unit, int least) {
    return integer(name, least).map(amount -> Duration.of(amount, unit));
  }

  boolean flag(String name, boolean fallback) {
    return text(name).map(value -> flagValue(name, value)).orElse(fallback);
  }

  private static boolean flagValue(String name, String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw refused(name + ": " + value + " (expected: true or false)");
    };
  }

  static ServingException refused(String message) {
    return new ServingException(ErrorCode.BAD_REQUEST, message);
  }
}
