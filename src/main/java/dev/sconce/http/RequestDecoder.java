package dev.sconce.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Netty's request decoder at its strictest, and two things it does not do: it refuses header lines
 * that go on in the next line (RFC 9112, 5.2), which proxies read in different ways, and it knows
 * whether it is in the middle of a request.
 *
 * <p>What Netty 4.2.18 refuses by itself: {@code Content-Length} beside {@code Transfer-Encoding},
 * several {@code Content-Length}, a transfer coding that is not {@code chunked}, lines that end in
 * LF alone, broken chunk sizes, names and values with characters that must not be there.
 */
final class RequestDecoder extends HttpRequestDecoder {
  /** A body comes in pieces of up to that many bytes: what one read from the socket brings. */
  private static final int MAX_PIECE_BYTES = 65_536;

  private boolean inHead = true;
  private boolean requestLineRead;
  private boolean midRequest;
  private boolean broken;

  /** A decoder with the limits of the settings. */
  RequestDecoder(HttpSettings settings) {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(settings.maxRequestLineBytes())
            .setMaxHeaderSize(settings.maxHeaderBytes())
            .setMaxChunkSize(MAX_PIECE_BYTES)
            .setAllowDuplicateContentLengths(false)
            .setStrictLineParsing(true)
            .setUseRfc9112TransferEncoding(true));
  }

  /** Whether some of a request has come, but not yet its last byte. */
  boolean isMidRequest() {
    return midRequest;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    midRequest = true;
    if (!broken && inHead && hasFoldedLine(in)) {
      broken = true;
      out.add(folded());
    }
    if (broken) {
      in.skipBytes(in.readableBytes());
      return;
    }
    int known = out.size();
    super.decode(ctx, in, out);
    out.subList(known, out.size()).forEach(this::follow);
  }

  private void follow(Object message) {
    if (message instanceof HttpRequest) {
      inHead = false;
    }
    if (message instanceof LastHttpContent) {
      inHead = true;
      requestLineRead = false;
      midRequest = false;
    }
  }

  /**
   * Whether a line of the head begins with a blank. Netty takes whole lines out of the buffer, so
   * what is in it begins with a line.
   */
  private boolean hasFoldedLine(ByteBuf in) {
    int line = in.readerIndex();
    int end = in.writerIndex();
    if (!requestLineRead) {
      while (line < end && isLineBreak(in.getByte(line))) {
        line++; // blank lines above a request line are skipped
      }
    }
    while (line < end && !isLineBreak(in.getByte(line))) {
      if (in.getByte(line) == ' ' || in.getByte(line) == '\t') {
        return true;
      }
      int lineFeed = in.indexOf(line, end, (byte) '\n');
      line = lineFeed < 0 ? end : lineFeed + 1;
    }
    return false;
  }

  private static boolean isLineBreak(byte b) {
    return b == '\r' || b == '\n';
  }

  private HttpMessage folded() {
    HttpMessage message = createInvalidMessage();
    message.setDecoderResult(
        DecoderResult.failure(new IllegalArgumentException("a line that begins with a blank")));
    return message;
  }

  @Override
  protected HttpMessage createMessage(String[] requestLine) throws Exception {
    requestLineRead = true;
    return super.createMessage(requestLine);
  }

  /** Stands in for a request whose first line could not be read; in the access log: {@code - /}. */
  @Override
  protected HttpMessage createInvalidMessage() {
    return new DefaultFullHttpRequest(
        HttpVersion.HTTP_1_1, HttpMethod.valueOf("-"), "/", Unpooled.EMPTY_BUFFER);
  }
}
