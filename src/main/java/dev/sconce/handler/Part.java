package dev.sconce.handler;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One named piece of a request: a form field, an uploaded file, a query parameter, or the raw body.
 *
 * @param content the bytes, from position 0 to the limit; shared and not copied, so never to be
 *     written to
 * @param contentType the piece's own content type, empty if it has none
 * @param fileName the uploaded file's name as the client gave it: a hint, never a path
 */
public record Part(ByteBuffer content, String contentType, Optional<String> fileName) {

  /** A piece without content type and file name. */
  public static Part of(byte[] bytes) {
    return new Part(ByteBuffer.wrap(bytes), "", Optional.empty());
  }

  /** A piece of text without content type and file name. */
  public static Part of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The bytes; each call gives a view of its own, so that positions do not interfere. */
  @Override
  public ByteBuffer content() {
    return content.duplicate();
  }

  /** How many bytes there are. */
  public int size() {
    return content.remaining();
  }

  /** The bytes read as UTF-8. */
  public String text() {
    return StandardCharsets.UTF_8.decode(content()).toString();
  }
}
