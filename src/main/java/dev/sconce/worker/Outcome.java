package dev.sconce.worker;

import dev.sconce.error.ServingException;
import dev.sconce.handler.Output;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** What became of a request that reached its model. */
enum Outcome {
  /** Answered; a stream counts from its beginning. */
  OK,
  /** The request was wrong. */
  CLIENT_ERROR,
  /** The server or the handler was. */
  SERVER_ERROR,
  /** Its deadline passed. */
  EXPIRED,
  /** The caller had gone. */
  CANCELLED,
  /** Refused: too many waited. */
  QUEUE_FULL,
  /** Refused: nobody works. */
  NO_WORKER;

  private static final int FIRST_CLIENT_ERROR = 400;
  private static final int FIRST_SERVER_ERROR = 500;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The label's value. */
  String label() {
    return label;
  }

  /** What a job ended with, as {@code CompletableFuture.whenComplete} tells it. */
  static Outcome of(@Nullable Output output, @Nullable Throwable failure) {
    if (failure instanceof ServingException known) {
      return of(known);
    }
    if (failure != null) {
      return failure instanceof CancellationException ? CANCELLED : SERVER_ERROR;
    }
    int status = output instanceof Output.Answer answer ? answer.status() : 0;
    if (status >= FIRST_SERVER_ERROR) {
      return SERVER_ERROR;
    }
    return status >= FIRST_CLIENT_ERROR ? CLIENT_ERROR : OK;
  }

  private static Outcome of(ServingException failure) {
    return switch (failure.code()) {
      case REQUEST_TIMEOUT -> EXPIRED;
      case QUEUE_FULL -> QUEUE_FULL;
      case NO_WORKER -> NO_WORKER;
      case INTERNAL, OUT_OF_MEMORY, STOPPING, INVALID_CONFIGURATION -> SERVER_ERROR;
      default -> CLIENT_ERROR;
    };
  }
}
