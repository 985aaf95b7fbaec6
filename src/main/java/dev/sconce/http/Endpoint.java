package dev.sconce.http;

import java.util.concurrent.CompletionStage;

/** Answers requests: the end of a route, a {@link Router}, or anything wrapped around them. */
@FunctionalInterface
public interface Endpoint {

  /**
   * Answers one request. Called on an event loop, which serves other connections too: it must not
   * block, and hands long work to threads of its own. The stage may complete on any thread.
   *
   * <p>What is thrown here, and what the stage fails with, goes to the {@link ErrorRenderer}.
   */
  CompletionStage<Response> answer(Request request);
}
