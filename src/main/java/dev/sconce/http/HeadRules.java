package dev.sconce.http;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;

/** What the head of a request must be like before a byte of its body is read. */
final class HeadRules {
  private final HttpSettings settings;

  /** The rules with the limits of the settings. */
  HeadRules(HttpSettings settings) {
    this.settings = settings;
  }

  /**
   * Refuses a request by its head.
   *
   * @throws ServingException {@code BAD_REQUEST}, {@code PAYLOAD_TOO_LARGE} or {@code
   *     EXPECTATION_FAILED}
   */
  void check(HttpRequest head) {
    if (head.decoderResult().isFailure()) {
      throw malformed(head.decoderResult().cause(), "request line");
    }
    checkProtocol(head);
    RequestTarget.of(head.uri()); // refuses what is none
    if (HttpUtil.isContentLengthSet(head)) {
      checkBodySize(HttpUtil.getContentLength(head), "");
    }
    String expectation = head.headers().get(HttpHeaderNames.EXPECT, "");
    if (!expectation.isEmpty() && !HttpHeaderValues.CONTINUE.contentEqualsIgnoreCase(expectation)) {
      throw new ServingException(
          ErrorCode.EXPECTATION_FAILED,
          "Expect: " + Excerpt.of(expectation) + " (expected: 100-continue)");
    }
  }

  /**
   * Refuses a body for its size.
   *
   * @param more what stands before the number: the size may not be known in full
   * @throws ServingException {@code PAYLOAD_TOO_LARGE}
   */
  void checkBodySize(long size, String more) {
    if (size > settings.maxBodyBytes()) {
      throw new ServingException(
          ErrorCode.PAYLOAD_TOO_LARGE,
          "body: " + more + size + " bytes (expected: at most " + settings.maxBodyBytes() + ")");
    }
  }

  private static void checkProtocol(HttpRequest head) {
    HttpVersion version = head.protocolVersion();
    if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
      throw badRequest(
          "protocol: " + Excerpt.of(version.text()) + " (expected: HTTP/1.1 or HTTP/1.0)");
    }
    int hosts = head.headers().getAll(HttpHeaderNames.HOST).size();
    if (hosts > 1 || (hosts == 0 && version.equals(HttpVersion.HTTP_1_1))) {
      throw badRequest("Host: " + hosts + " of this header (expected: 1)");
    }
  }

  /**
   * The refusal of bytes that are not HTTP; TorchServe's words where there is no better.
   *
   * @param line what the line is called that may have been too long
   */
  ServingException malformed(Throwable cause, String line) {
    if (cause instanceof TooLongHttpLineException) {
      return tooLong(line, settings.maxRequestLineBytes());
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return tooLong("headers", settings.maxHeaderBytes());
    }
    return new ServingException(ErrorCode.BAD_REQUEST, "Invalid HTTP message.", cause);
  }

  private static ServingException tooLong(String what, int limit) {
    return badRequest(what + ": too long (expected: at most " + limit + " bytes)");
  }

  private static ServingException badRequest(String message) {
    return new ServingException(ErrorCode.BAD_REQUEST, message);
  }
}
