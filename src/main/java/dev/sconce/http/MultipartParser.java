package dev.sconce.http;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code multipart/form-data} (RFC 7578; boundaries by RFC 2046, 5.1.1).
 *
 * <p>Written here because Netty's {@code HttpPostMultipartRequestDecoder} (4.2.18) was tried and
 * takes a body that is cut off, or whose boundary never comes, for a whole one; ends a value where
 * a longer word merely begins with the boundary; lets a part's {@code Content-Type} rename it or
 * swallow its successors; strips characters from names; copies each byte several times; and needs
 * time that grows with size times parts. This parser needs time linear in the size and copies
 * nothing: fields are views of the body.
 *
 * <p>Text before the first boundary and after the last is skipped. Header lines may end in LF
 * alone; so may boundary lines, if the first of them does.
 */
final class MultipartParser {
  private static final String WHERE = "multipart body";
  private static final int MAX_PART_HEADER_BYTES = 8192;

  private final byte[] body;

  /** Two hyphens and the boundary. */
  private final byte[] dashBoundary;

  private final int maxFields;
  private boolean linesEndInCrLf;

  /**
   * A boundary's line.
   *
   * @param from where the line break before it begins: the end of the part above
   * @param to where the line after it begins
   * @param closing whether it is the last
   */
  private record Delimiter(int from, int to, boolean closing) {}

  private MultipartParser(byte[] body, byte[] dashBoundary, int maxFields) {
    this.body = body;
    this.dashBoundary = dashBoundary;
    this.maxFields = maxFields;
  }

  /**
   * The form that the bytes hold, possibly without any field.
   *
   * @param contentType the request's content type, which names the boundary
   * @throws ServingException {@code BAD_REQUEST}
   */
  static Body.Form parse(byte[] body, String contentType, int maxFields) {
    String boundary =
        HeaderValue.parse(contentType, "Content-Type")
            .parameter("boundary")
            .filter(b -> !b.isEmpty())
            .orElseThrow(() -> noBoundary(contentType));
    byte[] dashBoundary = ("--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    return new MultipartParser(body, dashBoundary, maxFields).parse();
  }

  private Body.Form parse() {
    Map<String, Body.Field> fields = new LinkedHashMap<>();
    Delimiter delimiter = first();
    for (int part = 1; !delimiter.closing(); part++) {
      if (part > maxFields) {
        throw refusal("more than " + maxFields + " parts (expected: at most " + maxFields + ")");
      }
      String where = WHERE + ": part " + part;
      List<String> lines = new ArrayList<>();
      int content = readHeaderLines(delimiter.to(), lines, where);
      PartHeaders headers = PartHeaders.parse(lines, where);
      delimiter = next(content);
      ByteBuffer bytes = ByteBuffer.wrap(body, content, delimiter.from() - content).slice();
      fields.put(headers.name(), new Body.Field(bytes, headers.contentType(), headers.fileName()));
    }
    return new Body.Form(fields);
  }

  private Delimiter first() {
    for (int line = 0; line >= 0; line = lineAfter(line, body.length)) {
      Optional<Delimiter> found = delimiterAt(line, 0);
      if (found.isPresent()) {
        int end = found.get().to();
        linesEndInCrLf = found.get().closing() || body[end - 2] == '\r';
        return found.get();
      }
    }
    throw refusal("no line is the boundary " + boundary() + " (expected: one above each part)");
  }

  /** The first boundary's line below a part's content. */
  private Delimiter next(int content) {
    // The line break that ends the part's headers may be the boundary's own: an empty part.
    int line = lineAfter(content - 1, body.length);
    for (; line >= 0; line = lineAfter(line, body.length)) {
      if (body[line - 2] == '\r' || !linesEndInCrLf) {
        int from = Math.max(content, linesEndInCrLf ? line - 2 : line - 1);
        Optional<Delimiter> found = delimiterAt(line, from);
        if (found.isPresent()) {
          return found.get();
        }
      }
    }
    throw cutOff();
  }

  /**
   * The boundary's line that begins at {@code line}, if there is one. What merely begins like a
   * boundary is content.
   */
  private Optional<Delimiter> delimiterAt(int line, int from) {
    int end = line + dashBoundary.length;
    if (end > body.length
        || !Arrays.equals(body, line, end, dashBoundary, 0, dashBoundary.length)) {
      return Optional.empty();
    }
    if (end + 1 < body.length && body[end] == '-' && body[end + 1] == '-') {
      return Optional.of(new Delimiter(from, body.length, true));
    }
    while (end < body.length && (body[end] == ' ' || body[end] == '\t')) {
      end++;
    }
    if (end + 1 < body.length && body[end] == '\r' && body[end + 1] == '\n') {
      return Optional.of(new Delimiter(from, end + 2, false));
    }
    boolean lfEndsLine = end < body.length && body[end] == '\n' && !linesEndInCrLf;
    return lfEndsLine ? Optional.of(new Delimiter(from, end + 1, false)) : Optional.empty();
  }

  /** Collects the lines from {@code at} to the blank one; gives where the content begins. */
  private int readHeaderLines(int at, List<String> lines, String where) {
    int limit = Math.min(body.length, at + MAX_PART_HEADER_BYTES);
    int line = at;
    while (true) {
      int after = lineAfter(line, limit);
      if (after < 0) {
        throw limit == body.length ? cutOff() : tooLong(where);
      }
      boolean crLf = after - 2 >= line && body[after - 2] == '\r';
      int end = crLf ? after - 2 : after - 1;
      if (end == line) {
        return after;
      }
      lines.add(text(line, end, where));
      line = after;
    }
  }

  /** Where the line that begins at {@code line} has ended; -1 if that is not before the limit. */
  private int lineAfter(int line, int limit) {
    for (int i = line; i < limit; i++) {
      if (body[i] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  private String text(int from, int to, String where) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(body, from, to - from);
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new ServingException(
          ErrorCode.BAD_REQUEST,
          where + ": header line " + Excerpt.of(body, from, to) + " (expected: UTF-8)",
          e);
    }
  }

  private String boundary() {
    return Excerpt.of(dashBoundary, 0, dashBoundary.length);
  }

  private ServingException cutOff() {
    return refusal("ends before its closing boundary " + boundary() + "--");
  }

  private static ServingException tooLong(String where) {
    return new ServingException(
        ErrorCode.BAD_REQUEST,
        where
            + ": header lines longer than "
            + MAX_PART_HEADER_BYTES
            + " bytes (expected: at most "
            + MAX_PART_HEADER_BYTES
            + ")");
  }

  private static ServingException noBoundary(String contentType) {
    return new ServingException(
        ErrorCode.BAD_REQUEST,
        "Content-Type: "
            + Excerpt.of(contentType)
            + " (expected: multipart/form-data; boundary=...)");
  }

  private static ServingException refusal(String fault) {
    return new ServingException(ErrorCode.BAD_REQUEST, WHERE + ": " + fault);
  }
}
