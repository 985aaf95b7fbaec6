package dev.sconce.auth;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.http.Endpoint;
import dev.sconce.http.Filter;
import dev.sconce.http.Request;
import dev.sconce.http.Response;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Lets callers on this machine through and nobody else. A call that does not come over the network
 * at all (a unix socket) is one from this machine.
 */
public final class LoopbackFilter implements Filter {
  @Override
  public CompletionStage<Response> answer(Request request, Endpoint next) {
    if (isLocal(request.remoteAddress())) {
      return next.answer(request);
    }
    return CompletableFuture.failedFuture(
        new ServingException(
            ErrorCode.INVALID_KEY,
            "the management API answers callers on the server's own machine only (expected: a"
                + " loopback address, or disable_token_authorization=true)"));
  }

  private static boolean isLocal(SocketAddress caller) {
    return !(caller instanceof InetSocketAddress address)
        || (address.getAddress() != null && address.getAddress().isLoopbackAddress());
  }
}
