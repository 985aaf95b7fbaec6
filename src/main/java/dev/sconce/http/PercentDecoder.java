package dev.sconce.http;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Resolves {@code %xx}, as RFC 3986, 2.1 and the URL standard's urlencoded parser do, and refuses
 * what they let pass: a {@code %} without two hex digits and bytes that are not UTF-8.
 */
final class PercentDecoder {
  private final String where;
  private final boolean plusIsSpace;

  private PercentDecoder(String where, boolean plusIsSpace) {
    this.where = where;
    this.plusIsSpace = plusIsSpace;
  }

  /** For paths, where {@code +} is just a character; {@code where} begins every message. */
  static PercentDecoder forPath(String where) {
    return new PercentDecoder(where, false);
  }

  /** For queries and forms, where {@code +} is a space; {@code where} begins every message. */
  static PercentDecoder forForm(String where) {
    return new PercentDecoder(where, true);
  }

  /**
   * Decodes a piece of a URI, whose characters are the bytes that were sent.
   *
   * @throws ServingException {@code BAD_REQUEST}
   */
  String text(String encoded) {
    byte[] bytes = encoded.getBytes(StandardCharsets.ISO_8859_1);
    return text(bytes, 0, bytes.length);
  }

  /**
   * Decodes a stretch of bytes into text.
   *
   * @throws ServingException {@code BAD_REQUEST}
   */
  String text(byte[] encoded, int from, int to) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes(encoded, from, to)).toString();
    } catch (CharacterCodingException e) {
      throw new ServingException(
          ErrorCode.BAD_REQUEST,
          where + ": " + Excerpt.of(encoded, from, to) + " is not UTF-8 (expected: UTF-8)",
          e);
    }
  }

  /**
   * Decodes a stretch of bytes; gives a view of it if there is nothing to decode.
   *
   * @throws ServingException {@code BAD_REQUEST}
   */
  ByteBuffer bytes(byte[] encoded, int from, int to) {
    if (isPlain(encoded, from, to)) {
      return ByteBuffer.wrap(encoded, from, to - from).slice();
    }
    byte[] decoded = new byte[to - from];
    int size = 0;
    for (int i = from; i < to; i++) {
      byte b = encoded[i];
      if (b == '%') {
        decoded[size++] = hexPair(encoded, i, to);
        i += 2;
      } else {
        decoded[size++] = b == '+' && plusIsSpace ? (byte) ' ' : b;
      }
    }
    return ByteBuffer.wrap(decoded, 0, size).slice();
  }

  private boolean isPlain(byte[] encoded, int from, int to) {
    for (int i = from; i < to; i++) {
      if (encoded[i] == '%' || (encoded[i] == '+' && plusIsSpace)) {
        return false;
      }
    }
    return true;
  }

  private byte hexPair(byte[] encoded, int at, int to) {
    int high = at + 2 < to ? Character.digit(encoded[at + 1], 16) : -1;
    int low = at + 2 < to ? Character.digit(encoded[at + 2], 16) : -1;
    if (high < 0 || low < 0) {
      throw new ServingException(
          ErrorCode.BAD_REQUEST,
          where
              + ": "
              + Excerpt.of(encoded, at, Math.min(at + 3, to))
              + " (expected: % followed by two hex digits)");
    }
    return (byte) (high << 4 | low);
  }
}
