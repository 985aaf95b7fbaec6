package dev.sconce.http;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.json.ManagementJson;
import java.util.LinkedHashMap;
import java.util.Map;

/** Renders failures as TorchServe does, as far as this room's tests need it. */
final class TestErrors implements ErrorRenderer {
  @Override
  public Response render(Throwable failure, Request request) {
    ErrorCode code = failure instanceof ServingException known ? known.code() : ErrorCode.INTERNAL;
    int status = status(code);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("code", status);
    body.put("type", code.wireName());
    body.put("message", String.valueOf(failure.getMessage()));
    return Response.of(status, "application/json", ManagementJson.bytes(body));
  }

  private static int status(ErrorCode code) {
    return switch (code) {
      case BAD_REQUEST -> 400;
      case RESOURCE_NOT_FOUND -> 404;
      case METHOD_NOT_ALLOWED -> 405;
      case REQUEST_TIMEOUT -> 408;
      case PAYLOAD_TOO_LARGE -> 413;
      case EXPECTATION_FAILED -> 417;
      default -> 500;
    };
  }
}
