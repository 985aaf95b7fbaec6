package dev.sconce.http;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Puts the requests of one connection together: head, then body, then {@link Incoming}.
 *
 * <p>Belongs to the connection's event loop. After a request with a protocol fault it is not to be
 * used any more.
 */
final class RequestReceiver {
  private static final int LONGEST_ID = 128;

  private final Service service;
  private final SocketAddress remoteAddress;
  private final HeadRules rules;
  private final BodyReader bodyReader;
  private final BodyCollector body;

  /** The request whose body is coming, if there is one. */
  private @Nullable HttpRequest head;

  private boolean continueWanted;

  /** A receiver for a fresh connection. */
  RequestReceiver(Service service, SocketAddress remoteAddress, ByteBufAllocator allocator) {
    this.service = service;
    this.remoteAddress = remoteAddress;
    this.rules = new HeadRules(service.settings());
    this.bodyReader = new BodyReader(service.settings().maxFormFields());
    this.body = new BodyCollector(allocator, service.bodies());
  }

  /** Takes a head; gives the request if its head alone says that it is to be refused. */
  Optional<Incoming> begin(HttpRequest newHead) {
    head = newHead;
    try {
      rules.check(newHead);
      continueWanted = HttpUtil.is100ContinueExpected(newHead);
      return Optional.empty();
    } catch (ServingException e) {
      return refuse(e);
    }
  }

  /** Takes a piece of the body; gives the request with the last piece, or if it is refused. */
  Optional<Incoming> add(HttpContent piece) {
    continueWanted = false;
    try {
      checkPiece(piece);
      body.add(piece.content());
      rules.checkBodySize(body.size(), "at least ");
    } catch (ServingException e) {
      return refuse(e);
    }
    return piece instanceof LastHttpContent ? last() : Optional.empty();
  }

  private void checkPiece(HttpContent piece) {
    if (piece.decoderResult().isFailure()) {
      throw rules.malformed(piece.decoderResult().cause(), "chunk size line");
    }
    if (piece.content().isReadable() && !announcesBody(head())) {
      // Netty finds eight such bytes behind the head of a draft of WebSocket; nobody else does.
      throw rules.malformed(new IllegalArgumentException("a body that was not announced"), "body");
    }
  }

  /** Whether a request's body is on its way. */
  boolean isReceiving() {
    return head != null;
  }

  /** Whether the client waits to be told to send its body; asked once for each request. */
  boolean takeContinueWanted() {
    boolean wanted = continueWanted;
    continueWanted = false;
    return wanted;
  }

  /** Gives up the request whose head has come, for that reason. */
  Optional<Incoming> refuse(ServingException fault) {
    body.discard();
    Request request = request(head(), new Body.Empty());
    head = null;
    return Optional.of(new Incoming(request, 0, false, Optional.of(fault)));
  }

  /** Lets go of what has come of a request that will not become whole. */
  void discard() {
    body.discard();
    head = null;
  }

  private Optional<Incoming> last() {
    byte[] bytes;
    try {
      bytes = body.toArray();
    } catch (OutOfMemoryError e) {
      String text = "out of memory: Java's heap has no room for a body of " + body.size();
      return refuse(new ServingException(ErrorCode.OUT_OF_MEMORY, text + " bytes", e));
    }
    return Optional.of(whole(bytes));
  }

  private Incoming whole(byte[] bytes) {
    HttpRequest complete = head();
    head = null;
    boolean keepAlive = HttpUtil.isKeepAlive(complete);
    String contentType = complete.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
    try {
      Body parsed = bodyReader.read(bytes, contentType);
      Request request = request(complete, parsed);
      return new Incoming(request, bytes.length, keepAlive, Optional.empty());
    } catch (ServingException e) {
      Request request = request(complete, new Body.Empty());
      return new Incoming(request, 0, keepAlive, Optional.of(e));
    }
  }

  private Request request(HttpRequest from, Body parsed) {
    RequestTarget target = target(from.uri());
    return new Request(
        requestId(from.headers()),
        from.method().name(),
        target.path(),
        target.query(),
        from.protocolVersion().text(),
        headers(from.headers()),
        parsed,
        remoteAddress,
        Map.of(),
        new CompletableFuture<>());
  }

  private static RequestTarget target(String uri) {
    try {
      return RequestTarget.of(uri);
    } catch (ServingException e) {
      return new RequestTarget(uri, ""); // the request is being refused for just that
    }
  }

  private String requestId(HttpHeaders headers) {
    String id = headers.get("x-request-id", "");
    boolean sane =
        !id.isEmpty()
            && id.length() <= LONGEST_ID
            && id.chars().allMatch(RequestReceiver::isVisible);
    return sane ? id : service.requestIds().get();
  }

  private static boolean isVisible(int character) {
    return character > ' ' && character < 0x7F;
  }

  private static Headers headers(HttpHeaders from) {
    List<Headers.Field> fields = new ArrayList<>(from.size());
    Iterator<Map.Entry<CharSequence, CharSequence>> all = from.iteratorCharSequence();
    while (all.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = all.next();
      fields.add(new Headers.Field(field.getKey().toString(), field.getValue().toString()));
    }
    return new Headers(fields);
  }

  private static boolean announcesBody(HttpRequest request) {
    return HttpUtil.isContentLengthSet(request) || HttpUtil.isTransferEncodingChunked(request);
  }

  private HttpRequest head() {
    return Objects.requireNonNull(head);
  }
}
