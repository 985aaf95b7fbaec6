package dev.sconce.http;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What stands above a part of a {@code multipart/form-data} body (RFC 7578, 4.2 to 4.8).
 *
 * @param name the field's name
 * @param contentType the part's content type as it was sent, empty if there is none
 * @param fileName the file name, if there is one
 */
record PartHeaders(String name, String contentType, Optional<String> fileName) {
  private static final Set<String> IDENTITY = Set.of("", "7bit", "8bit", "binary");

  /**
   * Reads the header lines of one part.
   *
   * @param where which part it is, for messages: {@code multipart body: part 2}
   * @throws ServingException {@code BAD_REQUEST}, naming the fault
   */
  static PartHeaders parse(List<String> lines, String where) {
    Map<String, String> headers = byName(lines, where);
    checkPlain(headers, where);
    String disposition = headers.getOrDefault("content-disposition", "");
    HeaderValue value = HeaderValue.parse(disposition, where + ": Content-Disposition");
    Optional<String> name = value.parameter("name").filter(n -> !n.isEmpty());
    if (!value.token().equals("form-data") || name.isEmpty()) {
      throw refusal(
          where,
          "Content-Disposition: "
              + (disposition.isEmpty() ? "none" : Excerpt.of(disposition))
              + " (expected: form-data; name=\"...\")");
    }
    Optional<String> encoded = value.parameter("filename*").map(n -> extended(n, where));
    return new PartHeaders(
        name.get(),
        headers.getOrDefault("content-type", ""),
        encoded.or(() -> value.parameter("filename")));
  }

  private static Map<String, String> byName(List<String> lines, String where) {
    Map<String, String> headers = new HashMap<>();
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon < 1 || line.charAt(0) == ' ' || line.charAt(0) == '\t') {
        throw refusal(where, "header line " + Excerpt.of(line) + " (expected: name: value)");
      }
      String name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
      if (headers.put(name, line.substring(colon + 1).strip()) != null) {
        throw refusal(where, "header " + Excerpt.of(name) + " comes twice (expected: once)");
      }
    }
    return headers;
  }

  /** Refuses parts whose bytes are not simply the field's value. */
  private static void checkPlain(Map<String, String> headers, String where) {
    String encoding = headers.getOrDefault("content-transfer-encoding", "");
    if (!IDENTITY.contains(encoding.toLowerCase(Locale.ROOT))) {
      throw refusal(
          where,
          "Content-Transfer-Encoding: "
              + Excerpt.of(encoding)
              + " (expected: binary, 8bit or 7bit)");
    }
    String type = headers.getOrDefault("content-type", "");
    if (type.toLowerCase(Locale.ROOT).startsWith("multipart/")) {
      throw refusal(
          where, "Content-Type: " + Excerpt.of(type) + " (expected: each file as its own part)");
    }
  }

  /** A value of the form {@code UTF-8'en'%e2%82%ac.txt} (RFC 8187, 3.2). */
  private static String extended(String value, String where) {
    String[] pieces = value.split("'", 3);
    String charset = pieces.length == 3 ? pieces[0].toLowerCase(Locale.ROOT) : "";
    byte[] encoded = pieces[pieces.length - 1].getBytes(StandardCharsets.UTF_8);
    PercentDecoder decoder = PercentDecoder.forPath(where + ": filename*");
    return switch (charset) {
      case "utf-8" -> decoder.text(encoded, 0, encoded.length);
      case "iso-8859-1" -> latin1(decoder.bytes(encoded, 0, encoded.length));
      default ->
          throw refusal(
              where,
              "filename*: " + Excerpt.of(value) + " (expected: UTF-8''name or ISO-8859-1''name)");
    };
  }

  private static String latin1(ByteBuffer bytes) {
    return StandardCharsets.ISO_8859_1.decode(bytes).toString();
  }

  private static ServingException refusal(String where, String fault) {
    return new ServingException(ErrorCode.BAD_REQUEST, where + ": " + fault);
  }
}
