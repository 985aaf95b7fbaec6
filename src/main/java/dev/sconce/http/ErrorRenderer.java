package dev.sconce.http;

import dev.sconce.error.ServingException;

/**
 * Turns a failure into the answer that tells the client of it. One for the whole server, so that
 * all failures look the same: those of endpoints, of routing, and of the protocol.
 */
@FunctionalInterface
public interface ErrorRenderer {

  /**
   * The answer to a request that failed. Called on an event loop: must not block.
   *
   * @param failure a {@link ServingException} where the room that failed knew the meaning, else
   *     whatever was thrown
   * @param request the request as far as it could be read; its body is empty if that was the fault
   */
  Response render(Throwable failure, Request request);
}
