package dev.sconce.envelope;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.handler.Part;
import dev.sconce.json.RequestJson;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What a handler sees of one instance: see {@link dev.sconce.handler.JsonHandler}. */
final class InstanceParts {
  private static final String WHOLE = "body";
  private static final String BASE64 = "b64";

  private InstanceParts() {}

  /**
   * The parts of an instance.
   *
   * @param place of the instance, for messages
   * @throws dev.sconce.error.ServingException {@code BAD_REQUEST} if its base64 is none
   */
  static Map<String, Part> of(String place, JsonNode instance) {
    if (!instance.isObject() || isBase64(instance)) {
      return Map.of(WHOLE, part(place, instance));
    }
    Map<String, Part> parts = new LinkedHashMap<>();
    instance.properties().stream()
        .filter(member -> !member.getValue().isNull())
        .forEach(
            member ->
                parts.put(member.getKey(), part(place + "." + member.getKey(), member.getValue())));
    return parts;
  }

  private static boolean isBase64(JsonNode value) {
    return value.isObject() && value.size() == 1 && value.has(BASE64);
  }

  static Part part(String place, JsonNode value) {
    if (isBase64(value)) {
      return Part.of(decoded(place, value.get(BASE64)));
    }
    if (value.isTextual()) {
      return Part.of(value.asText());
    }
    return new Part(
        ByteBuffer.wrap(RequestJson.bytes(value)), "application/json", Optional.empty());
  }

  /** As Python's {@code b64decode} does, characters outside the alphabet are passed over. */
  private static byte[] decoded(String place, JsonNode base64) {
    try {
      if (base64.isTextual()) {
        return Base64.getMimeDecoder().decode(base64.asText());
      }
    } catch (IllegalArgumentException e) {
      // reported below, as what is no text is
    }
    throw EnvelopeFormat.refused(
        place + ".b64: " + RequestJson.shown(base64) + " (expected: a text in base64)");
  }
}
