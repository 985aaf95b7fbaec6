package dev.sconce.http;

import java.util.concurrent.CompletionStage;

/** Stands before endpoints: may refuse, answer itself, or change request and answer. */
@FunctionalInterface
public interface Filter {
  /** Lets everybody in. */
  Filter OPEN = (request, next) -> next.answer(request);

  /**
   * Answers the request, as a rule by calling {@code next}. The rules of {@link Endpoint#answer}
   * hold.
   */
  CompletionStage<Response> answer(Request request, Endpoint next);
}
