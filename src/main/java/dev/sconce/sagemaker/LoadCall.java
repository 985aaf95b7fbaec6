package dev.sconce.sagemaker;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.http.Body;
import dev.sconce.http.Request;
import dev.sconce.json.RequestJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * What {@code POST /models} asks for: {@code {"model_name": "<hash>", "url":
 * "/opt/ml/models/<hash>/model"}}, whatever content type it is told to be but that of a form.
 *
 * @param name what the model is to be called
 * @param url where it lies, as it was given
 * @param path the same as a path, absolute and inside of the store
 */
record LoadCall(String name, String url, Path path) {
  private static final String EXPECTED =
      " (expected: {\"model_name\": \"a\", \"url\": \"/opt/ml/models/a/model\"})";

  /** More than any such call has, and little enough to be read on an event loop. */
  private static final int MOST_BYTES = 1 << 16;

  /**
   * Reads it.
   *
   * @param store the only directory that models are loaded from
   * @throws ServingException {@code BAD_REQUEST}, or {@code MODEL_NOT_FOUND} if the path leads
   *     elsewhere
   */
  static LoadCall of(Request request, Path store) {
    JsonNode body = json(request);
    String name = text(body, "model_name");
    String url = text(body, "url");
    return new LoadCall(name, url, inside(store, url));
  }

  private static JsonNode json(Request request) {
    if (!(request.body() instanceof Body.Raw raw)) {
      String found = request.body() instanceof Body.Form ? "a form" : "none";
      throw refused("body: " + found + EXPECTED);
    }
    int bytes = raw.content().remaining();
    if (bytes > MOST_BYTES) {
      throw refused("body: " + bytes + " bytes (expected: at most " + MOST_BYTES + ")");
    }
    try {
      JsonNode body = RequestJson.read(StandardCharsets.UTF_8.decode(raw.content()).toString());
      if (body.isObject()) {
        return body;
      }
      throw refused("body: " + RequestJson.shown(body) + EXPECTED);
    } catch (IllegalArgumentException e) {
      throw refused("body: " + e.getMessage() + EXPECTED);
    }
  }

  private static String text(JsonNode body, String member) {
    JsonNode value = body.path(member);
    if (!value.isTextual() || value.asText().isEmpty()) {
      String found = value.isMissingNode() ? "missing" : RequestJson.shown(value);
      throw refused(member + ": " + found + EXPECTED);
    }
    return value.asText();
  }

  private static Path inside(Path store, String url) {
    try {
      Path path = Path.of(url);
      boolean plain = path.isAbsolute() && path.equals(path.normalize());
      if (plain && path.startsWith(store) && !path.equals(store)) {
        return path;
      }
    } catch (InvalidPathException e) {
      // told below, as what leads elsewhere is
    }
    throw new ServingException(
        ErrorCode.MODEL_NOT_FOUND,
        "Model not found at: %s (expected: an absolute path below %s, without . and ..)"
            .formatted(url, store));
  }

  private static ServingException refused(String message) {
    return new ServingException(ErrorCode.BAD_REQUEST, message);
  }
}
