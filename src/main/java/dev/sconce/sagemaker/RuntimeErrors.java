package dev.sconce.sagemaker;

import dev.sconce.http.Response;
import dev.sconce.json.ManagementJson;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Failures as SageMaker's runtime API tells them, so that its clients throw what they declare. */
final class RuntimeErrors {
  private static final String TYPE_HEADER = "x-amzn-errortype";

  /** As the API's description bounds its messages. */
  private static final int MAX_MESSAGE = 2048;

  private RuntimeErrors() {}

  /** The call itself is wrong. */
  static Response validation(String message) {
    return answer(400, "ValidationError", Map.of("Message", message));
  }

  /** There is no room for the call; clients try again. */
  static Response unavailable(String message) {
    return answer(503, "ServiceUnavailable", Map.of("Message", message));
  }

  /**
   * The container has answered with something else than success. Clients do not try again.
   *
   * @param endpoint whose log is named
   * @param status the container's
   * @param body the container's, UTF-8
   */
  static Response model(String endpoint, int status, ByteBuffer body) {
    String original = text(body);
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("Message", message(status, original));
    members.put("OriginalStatusCode", status);
    members.put("OriginalMessage", original);
    members.put("LogStreamArn", logs(endpoint));
    return answer(424, "ModelError", members);
  }

  /** In SageMaker's words, of which clients pick the status and the container's message. */
  private static String message(int status, String original) {
    return cut(
        "Received %s error (%d) from primary with message \"%s\". See the server's log."
            .formatted(status < 500 ? "client" : "server", status, original));
  }

  private static String logs(String endpoint) {
    return "arn:aws:logs:local:000000000000:log-group:/aws/sagemaker/Endpoints/" + endpoint;
  }

  /**
   * What ends a stream of which some has been sent.
   *
   * @param status what the container would have answered before
   * @param body the body of that answer, UTF-8
   */
  static ByteBuffer inStream(int status, ByteBuffer body) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("Message", message(status, text(body)));
    members.put("ErrorCode", status == 408 ? "ModelInvocationTimeExceeded" : "StreamBroken");
    return EventStream.exception("ModelStreamError", ManagementJson.bytes(members));
  }

  private static Response answer(int status, String type, Map<String, Object> members) {
    return Response.of(status, "application/json", ManagementJson.bytes(members))
        .withHeader(TYPE_HEADER, type);
  }

  private static String text(ByteBuffer bytes) {
    return cut(StandardCharsets.UTF_8.decode(bytes.duplicate()).toString());
  }

  private static String cut(String text) {
    if (text.length() <= MAX_MESSAGE) {
      return text;
    }
    boolean inPair = Character.isHighSurrogate(text.charAt(MAX_MESSAGE - 1));
    return text.substring(0, inPair ? MAX_MESSAGE - 1 : MAX_MESSAGE);
  }
}
