package dev.sconce.api;

import dev.sconce.handler.Part;
import dev.sconce.http.Body;
import dev.sconce.http.Request;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
                  parts.put(name, new Part(field.content(), type(field), field.fileName())));
    }
    return parts;
  }

  /** As TorchServe has it, only a file has a type; a form's other fields are plain. */
  private static String type(Body.Field field) {
    return field.fileName().isPresent() ? field.contentType() : "";
  }

  /**
   * The headers as a handler sees them, which has the body whole: what framed it on the wire is not
   * among them, its length is.
   */
  static Map<String, String> headers(Request request) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(request.headers().asMap());
    headers.remove("expect");
    headers.remove("transfer-encoding");
    if (request.body() instanceof Body.Empty) {
      headers.putIfAbsent("content-length", "0");
    } else if (request.body() instanceof Body.Raw raw) {
      headers.putIfAbsent("content-length", "" + raw.content().remaining());
    }
    return headers;
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
