package dev.sconce.vision;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Input;
import dev.sconce.handler.Part;
import dev.sconce.json.RequestJson;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A JSON object sent as the whole body, taken for a form: each member that is not null is a part of
 * its own. Pictures come as base64.
 */
final class JsonParts {
  private static final String WHOLE_BODY = "body";

  private JsonParts() {}

  /**
   * The request with the members of its JSON body as parts, or the request as it is if its body is
   * no JSON.
   *
   * @throws ServingException {@code BAD_REQUEST} if the body says that it is JSON and is not
   */
  static Input spread(Input input) {
    return input
        .part(WHOLE_BODY)
        .filter(body -> isJson(body.contentType()))
        .map(body -> new Input(input.requestId(), members(body), input.headers(), input.deadline()))
        .orElse(input);
  }

  private static boolean isJson(String contentType) {
    String type = contentType.toLowerCase(Locale.ROOT);
    return type.equals("application/json") || type.startsWith("application/json;");
  }

  private static Map<String, Part> members(Part body) {
    try {
      JsonNode root = RequestJson.read(body.text());
      if (!root.isObject()) {
        throw refused("a JSON " + root.getNodeType().name().toLowerCase(Locale.ROOT));
      }
      Map<String, Part> members = new LinkedHashMap<>();
      root.properties().stream()
          .filter(member -> !member.getValue().isNull())
          .forEach(
              member ->
                  members.put(member.getKey(), Part.of(RequestJson.asField(member.getValue()))));
      return members;
    } catch (IllegalArgumentException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
  }

  private static ServingException refused(String what) {
    return new ServingException(
        ErrorCode.BAD_REQUEST,
        "body: " + what + " (expected: a JSON object whose members are the parts)");
  }
}
