package dev.sconce.http;

import java.time.Duration;

/** Is told of every answer, for the access log and the request counters. */
@FunctionalInterface
public interface AccessListener {

  /**
   * An answer has left the server, or broke off on its way. Called on an event loop: must not
   * block.
   *
   * @param request what was answered, as far as it could be read
   * @param status the status that was sent
   * @param took from the moment the request was whole to the moment the last byte of its answer was
   *     handed to the operating system
   */
  void answered(Request request, int status, Duration took);
}
