package dev.sconce.http;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.util.AsciiString;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * The header fields of an answer, in TorchServe's order: the answer's own, the request id, those
 * that all answers of a listener have, those against caching, those that frame the message.
 */
final class ResponseHead {
  private static final AsciiString REQUEST_ID = AsciiString.cached("x-request-id");
  private static final AsciiString PRAGMA = AsciiString.cached("Pragma");
  private static final AsciiString NO_CACHE = AsciiString.cached("no-cache");
  private static final AsciiString CACHE_CONTROL = AsciiString.cached("Cache-Control");
  private static final AsciiString NOT_STORED =
      AsciiString.cached("no-cache; no-store, must-revalidate, private");
  private static final AsciiString EXPIRES = AsciiString.cached("Expires");
  private static final AsciiString LONG_AGO = AsciiString.cached("Thu, 01 Jan 1970 00:00:00 UTC");

  /** The fields that this class writes, and that an answer's own headers cannot replace. */
  private static final Set<String> RESERVED = reserved();

  /** What comes from outside is checked in {@link Headers.Field}; checking once is enough. */
  private static final HttpHeadersFactory UNCHECKED =
      DefaultHttpHeadersFactory.headersFactory().withValidation(false);

  /** How the end of the body is told. */
  enum Framing {
    /** By a {@code content-length}. */
    LENGTH,
    /** By a last chunk. */
    CHUNKED,
    /** By the end of the connection, or there is no body. */
    NONE
  }

  private ResponseHead() {}

  /**
   * The fields of an answer.
   *
   * @param common added as far as the answer has no field of that name
   * @param length how many bytes the body has, if the framing tells it
   */
  static HttpHeaders of(
      Request request,
      Response response,
      Headers common,
      Framing framing,
      int length,
      boolean keepAlive) {
    HttpHeaders headers = UNCHECKED.newHeaders();
    for (Headers.Field field : response.headers().fields()) {
      if (!RESERVED.contains(field.name())) {
        headers.add(field.name(), field.value());
      }
    }
    headers.add(REQUEST_ID, request.id());
    for (Headers.Field field : common.fields()) {
      if (!headers.contains(field.name())) {
        headers.add(field.name(), field.value());
      }
    }
    headers.add(PRAGMA, NO_CACHE);
    headers.add(CACHE_CONTROL, NOT_STORED);
    headers.add(EXPIRES, LONG_AGO);
    if (framing == Framing.LENGTH) {
      headers.add(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(length));
    } else if (framing == Framing.CHUNKED) {
      headers.add(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    }
    headers.add(
        HttpHeaderNames.CONNECTION,
        keepAlive ? HttpHeaderValues.KEEP_ALIVE : HttpHeaderValues.CLOSE);
    return headers;
  }

  private static Set<String> reserved() {
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    names.addAll(
        Set.of(
            "x-request-id",
            "pragma",
            "cache-control",
            "expires",
            "content-length",
            "transfer-encoding",
            "connection",
            "trailer",
            "upgrade"));
    return Collections.unmodifiableSet(names);
  }
}
