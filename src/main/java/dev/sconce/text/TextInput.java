package dev.sconce.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Input;
import dev.sconce.handler.Part;
import dev.sconce.json.RequestJson;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The text of a request: its part {@code data} or {@code body}, in UTF-8. */
final class TextInput {
  private static final String JSON = "application/json";

  private TextInput() {}

  /**
   * Reads it; of a JSON body, the text that it is, or that its member {@code data} or {@code body}
   * is.
   *
   * @throws ServingException {@code BAD_REQUEST} if there is none, or it is not in UTF-8
   */
  static String of(Input input) {
    Part part = input.require("data", "body");
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(part.content()).toString();
    } catch (CharacterCodingException e) {
      throw refused("the text is not UTF-8 (expected: UTF-8)");
    }
    return isJson(part.contentType()) ? json(text) : text;
  }

  private static boolean isJson(String contentType) {
    String type = contentType.toLowerCase(Locale.ROOT);
    return type.equals(JSON) || type.startsWith(JSON + ";");
  }

  private static String json(String text) {
    JsonNode json;
    try {
      json = RequestJson.read(text);
    } catch (IllegalArgumentException e) {
      return text; // as TorchServe takes it then
    }
    Optional<JsonNode> found =
        Stream.of(json, json.path("data"), json.path("body"))
            .filter(JsonNode::isTextual)
            .findFirst();
    return found
        .map(JsonNode::asText)
        .orElseThrow(
            () ->
                refused(
                    "body: "
                        + RequestJson.shown(json)
                        + " (expected: a text, or an object with data)"));
  }

  static ServingException refused(String message) {
    return new ServingException(ErrorCode.BAD_REQUEST, message);
  }
}
