package dev.sconce.api;

import dev.sconce.handler.Part;
import dev.sconce.http.Body;
import dev.sconce.http.Request;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a handler sees of a request's body: named parts; whatever is no form is the part {@code
 * body}.
 */
final class InputReader {
  private static final String WHOLE_BODY = "body";

  private InputReader() {}

  /** The body's parts. Of a request without a body: an empty part, as in TorchServe. */
  static Map<String, Part> parts(Request request) {
    Map<String, Part> parts = new LinkedHashMap<>();
    if (request.body() instanceof Body.Empty) {
      String type = request.header("content-type").orElse("");
      parts.put(WHOLE_BODY, new Part(ByteBuffer.allocate(0), type, Optional.empty()));
    }
    if (request.body() instanceof Body.Raw raw) {
      parts.put(WHOLE_BODY, new Part(raw.content(), raw.contentType(), Optional.empty()));
    } else if (request.body() instanceof Body.Form form) {
      form.fields()
          .forEach(
              (name, field) ->
                  parts.put(
                      name, new Part(field.content(), field.contentType(), field.fileName())));
    }
    return parts;
  }

  /** The query's parameters, the last of a name, and the body's parts. */
  static Map<String, Part> partsAndQuery(Request request) {
    Map<String, Part> parts = new LinkedHashMap<>();
    request
        .parameters()
        .forEach((name, values) -> parts.put(name, Part.of(values.get(values.size() - 1))));
    parts.putAll(parts(request));
    return parts;
  }
}
