package dev.sconce.http;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.OptionalSslHandler;
import io.netty.handler.ssl.SslContext;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection to an https address begins: makes way for TLS, or for plain HTTP whose
 * requests are all refused, as its first bytes say. Belongs to the connection's event loop.
 */
final class TlsEntrance extends OptionalSslHandler {
  /** TorchServe's words: clients may look for them. */
  private static final String REFUSAL =
      "{\n  \"status\": \"This TorchServe instance only accepts HTTPS requests\"\n}\n";

  private boolean plain;

  TlsEntrance(SslContext context) {
    super(context);
  }

  /** {@code endpoint} for requests that come over TLS; a refusal for all others. */
  Endpoint before(Endpoint endpoint) {
    return request ->
        plain ? CompletableFuture.completedFuture(refusal()) : endpoint.answer(request);
  }

  /** Plain HTTP is not to go on here, so its connection ends. */
  private static Response refusal() {
    return Response.of(403, "application/json", REFUSAL).withHeader("connection", "close");
  }

  @Override
  protected @Nullable ChannelHandler newNonSslHandler(ChannelHandlerContext context) {
    plain = true;
    return null; // nothing takes this handler's place
  }
}
