package dev.sconce.handler;

import dev.sconce.error.ErrorCode;
import dev.sconce.json.PythonJson;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Map;

/** What a handler answers to one request: the whole of it, a stream, or a failure. */
public sealed interface Output {

  /**
   * A whole answer.
   *
   * @param status the HTTP status, 200 to 599
   * @param headers the answer's own headers, {@code content-type} above all
   * @param body the bytes from position 0 to the limit; not copied
   */
  record Answer(int status, Map<String, String> headers, ByteBuffer body) implements Output {
    /** Checks the status, copies the headers. */
    public Answer {
      checkStatus(status);
      headers = Map.copyOf(headers);
    }
  }

  /**
   * An answer that comes in pieces. The worker's own thread draws the pieces, no faster than the
   * client takes them.
   *
   * @param status the HTTP status, 200 to 599
   * @param headers the answer's own headers
   * @param chunks the pieces
   */
  record Stream(int status, Map<String, String> headers, Chunks chunks) implements Output {
    /** Checks the status, copies the headers. */
    public Stream {
      checkStatus(status);
      headers = Map.copyOf(headers);
    }
  }

  /**
   * No answer for this request; others of the batch are not touched.
   *
   * @param code what went wrong
   * @param message shown to the caller: names the bad value and what was expected
   */
  record Failure(ErrorCode code, String message) implements Output {}

  /** A 200 with {@code value} laid out as Python's {@code json.dumps(value, indent=2)} does. */
  static Output json(Object value) {
    return new Answer(
        200, Map.of("content-type", "application/json"), ByteBuffer.wrap(PythonJson.bytes(value)));
  }

  /** A 200 with the given bytes. */
  static Output bytes(String contentType, byte[] body) {
    return new Answer(200, Map.of("content-type", contentType), ByteBuffer.wrap(body));
  }

  /**
   * A 200 whose body is what {@code chunks} gives, piece by piece. The iterator may compute: it is
   * called on the worker's thread.
   */
  static Output stream(String contentType, Iterator<ByteBuffer> chunks) {
    return new Stream(200, Map.of("content-type", contentType), new Chunks(chunks));
  }

  private static void checkStatus(int status) {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status: " + status + " (expected: 200 to 599)");
    }
  }
}
