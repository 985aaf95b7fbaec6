package dev.sconce.http;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code application/x-www-form-urlencoded}, which is also what curl's {@code -d} and {@code
 * --data-binary} say of any bytes at all.
 *
 * <p>TorchServe's outcome for such bytes is kept (contract, 0 item 8: a raw body disappears): what
 * follows the last {@code &} and has no {@code =} is no field, and a line break at the end is not
 * part of the last value. Unlike there, a control character inside a field is refused and not taken
 * for the form's end: it means that a picture or a JSON text was sent under this type.
 */
final class UrlencodedParser {
  private static final String WHERE = "form body";

  private final byte[] body;
  private final int maxFields;
  private final PercentDecoder decoder = PercentDecoder.forForm(WHERE);
  private final Map<String, Body.Field> fields = new LinkedHashMap<>();
  private int count;

  private UrlencodedParser(byte[] body, int maxFields) {
    this.body = body;
    this.maxFields = maxFields;
  }

  /**
   * The form that the bytes hold, possibly without any field.
   *
   * @throws ServingException {@code BAD_REQUEST}
   */
  static Body.Form parse(byte[] body, int maxFields) {
    return new UrlencodedParser(body, maxFields).parse();
  }

  private Body.Form parse() {
    int end = body.length;
    while (end > 0 && (body[end - 1] == '\n' || body[end - 1] == '\r')) {
      end--;
    }
    int from = 0;
    while (from < end) {
      int to = indexOf('&', from, end);
      int equals = indexOf('=', from, to);
      boolean dropped = to == from || (to == end && equals == end);
      if (!dropped) {
        add(from, equals, to);
      }
      from = to + 1;
    }
    return new Body.Form(fields);
  }

  private void add(int from, int equals, int to) {
    if (++count > maxFields) {
      throw refusal("more than " + maxFields + " fields (expected: at most " + maxFields + ")");
    }
    for (int i = from; i < to; i++) {
      if (body[i] >= 0 && body[i] < ' ') {
        throw refusal(
            String.format("byte 0x%02x at %d (expected: name=value pairs joined by &;", body[i], i)
                + " anything else needs another Content-Type)");
      }
    }
    String name = decoder.text(body, from, equals);
    if (name.isEmpty()) {
      throw refusal("a value without a name at " + from + " (expected: name=value)");
    }
    ByteBuffer value = decoder.bytes(body, Math.min(equals + 1, to), to);
    fields.put(name, new Body.Field(value, "", Optional.empty()));
  }

  /** Where the byte stands first, {@code to} if it is not there. */
  private int indexOf(char wanted, int from, int to) {
    int i = from;
    while (i < to && body[i] != wanted) {
      i++;
    }
    return i;
  }

  private static ServingException refusal(String fault) {
    return new ServingException(ErrorCode.BAD_REQUEST, WHERE + ": " + fault);
  }
}
