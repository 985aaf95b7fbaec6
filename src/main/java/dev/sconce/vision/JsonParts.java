package dev.sconce.vision;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Input;
import dev.sconce.handler.Part;
import dev.sconce.json.RequestJson;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

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
        .map(
            body ->
                new Input(
                    input.requestId(), members(parse(body)), input.headers(), input.deadline()))
        .orElse(input);
  }

  /**
   * As {@link #spread}, but JSON other than an object stays the part {@code body}: a text without
   * its quotes, a list as it is.
   *
   * @throws ServingException {@code BAD_REQUEST} if the body says that it is JSON and is not
   */
  static Input spreadIfObject(Input input) {
    Optional<Part> body = input.part(WHOLE_BODY).filter(part -> isJson(part.contentType()));
    if (body.isEmpty() || isList(body.get())) {
      return input;
    }
    JsonNode root = parse(body.get());
    Map<String, Part> parts =
        root.isTextual() ? Map.of(WHOLE_BODY, Part.of(root.textValue())) : members(root);
    return new Input(input.requestId(), parts, input.headers(), input.deadline());
  }

  /** Whether a part begins as a JSON list does, and no picture and no base64. */
  static boolean isList(Part part) {
    ByteBuffer content = part.content();
    while (content.hasRemaining()) {
      byte c = content.get();
      if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
        return c == '[';
      }
    }
    return false;
  }

  private static boolean isJson(String contentType) {
    String type = contentType.toLowerCase(Locale.ROOT);
    return type.equals("application/json") || type.startsWith("application/json;");
  }

  private static JsonNode parse(Part body) {
    try {
      return RequestJson.read(body.text());
    } catch (IllegalArgumentException e) {
      throw refused(String.valueOf(e.getMessage()));
    }
  }

  private static Map<String, Part> members(JsonNode root) {
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
  }

  private static ServingException refused(String what) {
    return new ServingException(
        ErrorCode.BAD_REQUEST,
        "body: " + what + " (expected: a JSON object whose members are the parts)");
  }
}
