package dev.sconce.envelope;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.handler.Part;
import dev.sconce.json.RequestJson;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** What is inside an envelope, and how the answer is put into one. Safe from any thread. */
interface EnvelopeFormat {

  /**
   * The instances of one request.
   *
   * @param body the request's JSON, an object
   * @throws ServingException {@code BAD_REQUEST} if it is not in this form
   */
  Opened open(JsonNode body, Input request);

  /**
   * An opened envelope.
   *
   * @param place where the instances stand, for messages
   * @param instances the parts of each, at least one
   * @param seal makes the answer of the results' JSON values, which are as many
   */
  record Opened(
      String place, List<Map<String, Part>> instances, Function<List<Object>, Output> seal) {}

  /**
   * The list that is the member {@code name} of the request.
   *
   * @throws ServingException {@code BAD_REQUEST} if there is none, or it is empty
   */
  static List<JsonNode> list(JsonNode body, String name) {
    JsonNode list = body.path(name);
    if (list.isMissingNode()) {
      String found =
          body.propertyStream().limit(10).map(Map.Entry::getKey).collect(Collectors.joining(", "));
      throw refused(
          name
              + ": missing (expected: a list; found: "
              + (found.isEmpty() ? "nothing" : found)
              + ")");
    }
    if (!list.isArray() || list.isEmpty()) {
      throw refused(name + ": " + RequestJson.shown(list) + " (expected: a list of at least one)");
    }
    return StreamSupport.stream(list.spliterator(), false).toList();
  }

  /** The refusal of a request; to be thrown. */
  static ServingException refused(String message) {
    return new ServingException(ErrorCode.BAD_REQUEST, message);
  }
}
