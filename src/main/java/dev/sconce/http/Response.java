package dev.sconce.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Flow;

/**
 * What is answered to a request.
 *
 * <p>The room adds the headers that every answer has ({@code x-request-id}, the ones against
 * caching, and those that frame the message) after these; fields of those names given here are left
 * out. Only {@code connection: close} is heard: the connection ends with this answer.
 *
 * @param status the HTTP status, 200 to 599
 * @param headers the answer's own fields, {@code content-type} above all
 * @param content the bytes; not sent for {@code HEAD} and with a status that has none (204, 304)
 */
public record Response(int status, Headers headers, Content content) {

  /** The bytes of an answer: known as a whole, or coming piece by piece. */
  public sealed interface Content {}

  /**
   * All bytes at once.
   *
   * @param bytes from the position to the limit; not copied, so not to be changed any more
   */
  public record Whole(ByteBuffer bytes) implements Content {}

  /**
   * Bytes as they come, sent with {@code transfer-encoding: chunked}.
   *
   * <p>The publisher is subscribed to once, and asked for the next piece when the client has taken
   * the one before. Status and headers go out with the first piece, so an error before it is still
   * answered as any other failure; an error after it breaks the connection off, so that the client
   * sees an incomplete body. When nobody will take the pieces, the subscription is cancelled.
   *
   * @param pieces the bytes, each piece from its position to its limit, not to be changed any more
   */
  public record Stream(Flow.Publisher<ByteBuffer> pieces) implements Content {}

  /** Checks the status. */
  public Response {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status: " + status + " (expected: 200 to 599)");
    }
  }

  /** Whether the answer asks for the end of its connection: {@code connection: close}. */
  boolean closes() {
    return headers.first("connection").filter("close"::equalsIgnoreCase).isPresent();
  }

  /** An answer of known bytes and type. */
  public static Response of(int status, String contentType, byte[] bytes) {
    return new Response(
        status, Headers.of("content-type", contentType), new Whole(ByteBuffer.wrap(bytes)));
  }

  /** An answer of UTF-8 text. */
  public static Response of(int status, String contentType, String text) {
    return of(status, contentType, text.getBytes(StandardCharsets.UTF_8));
  }

  /** This answer with one more header field. */
  public Response withHeader(String name, String value) {
    return new Response(status, headers.with(name, value), content);
  }
}
