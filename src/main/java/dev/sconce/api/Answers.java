package dev.sconce.api;

import dev.sconce.http.Response;
import dev.sconce.json.ManagementJson;
import java.util.Map;

/** Answers in the layout of TorchServe's management API. */
final class Answers {
  private Answers() {}

  /** Any value as JSON. */
  static Response json(int status, Object value) {
    return Response.of(status, "application/json", ManagementJson.bytes(value));
  }

  /** {@code {"status": "…"}}. */
  static Response status(int status, String text) {
    return json(status, Map.of("status", text));
  }
}
