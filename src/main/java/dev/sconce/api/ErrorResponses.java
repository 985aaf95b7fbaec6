package dev.sconce.api;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.http.ErrorRenderer;
import dev.sconce.http.Request;
import dev.sconce.http.Response;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Failures as TorchServe tells them: {@code {"code": 404, "type": "ModelNotFoundException",
 * "message": "…"}}. Here alone an {@link ErrorCode} becomes a status, and here each failed request
 * gets its line in the log.
 */
public final class ErrorResponses implements ErrorRenderer {
  private static final Logger log = LoggerFactory.getLogger(ErrorResponses.class);

  /** What a caller is told of a fault that is the server's own. */
  private static final String FIXED_TEXT = "Internal server error, see the log for request ";

  /** Line ends among them, which a message may have from the request. */
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");

  /** What SageMaker's client calls a request, at most as long as SageMaker lets it be. */
  private static final String INFERENCE_ID = "x-amzn-sagemaker-inference-id";

  private static final int LONGEST_INFERENCE_ID = 64;

  private static final String RETRY_AFTER_SECONDS = "1";

  @Override
  public Response render(Throwable failure, Request request) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof ServingException known) {
      say(request, known);
      return of(known.code(), known.getMessage());
    }
    if (cause instanceof CancellationException) {
      return of(ErrorCode.STOPPING, "the request was cancelled"); // the client has gone
    }
    log.error("{} failed", line(request), cause);
    return cause instanceof OutOfMemoryError
        ? of(ErrorCode.OUT_OF_MEMORY, "out of memory: the server's heap is full")
        : of(ErrorCode.INTERNAL, FIXED_TEXT + request.id());
  }

  /** One line; a stack only where nobody foresaw what happened. */
  private static void say(Request request, ServingException failure) {
    String line =
        "%s: %d %s"
            .formatted(
                line(request),
                status(failure.code()),
                CONTROL.matcher(failure.getMessage()).replaceAll(" "));
    boolean oursToMend =
        failure.code() == ErrorCode.INTERNAL || failure.code() == ErrorCode.OUT_OF_MEMORY;
    if (oursToMend && failure.getCause() != null) {
      log.error(line, failure.getCause());
    } else if (oursToMend) {
      log.error(line);
    } else {
      log.info(line);
    }
  }

  /** How a line of the log begins: with the ids by which server and client know the request. */
  private static String line(Request request) {
    String inference =
        request
            .header(INFERENCE_ID)
            .map(id -> id.substring(0, Math.min(LONGEST_INFERENCE_ID, id.length())))
            .map(id -> ", inference " + CONTROL.matcher(id).replaceAll(" "))
            .orElse("");
    return "request %s%s: %s %s"
        .formatted(request.id(), inference, request.method(), request.path());
  }

  private static Response of(ErrorCode code, String message) {
    int status = status(code);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("code", status);
    body.put("type", code.wireName());
    body.put("message", message);
    Response response = Answers.json(status, body);
    return code == ErrorCode.QUEUE_FULL
        ? response.withHeader("retry-after", RETRY_AFTER_SECONDS)
        : response;
  }

  private static int status(ErrorCode code) {
    return switch (code) {
      case BAD_REQUEST, INVALID_MODEL, DOWNLOAD_FAILED, INVALID_KEY -> 400;
      case INVALID_MODEL_VERSION -> 403;
      case RESOURCE_NOT_FOUND, MODEL_NOT_FOUND, MODEL_VERSION_NOT_FOUND, WORKFLOW_NOT_FOUND -> 404;
      case METHOD_NOT_ALLOWED -> 405;
      case REQUEST_TIMEOUT -> 408;
      case CONFLICT -> 409;
      case PAYLOAD_TOO_LARGE -> 413;
      case EXPECTATION_FAILED -> 417;
      case INTERNAL, INVALID_CONFIGURATION -> 500;
      case NO_WORKER, QUEUE_FULL, STOPPING -> 503;
      case OUT_OF_MEMORY -> 507;
    };
  }
}
