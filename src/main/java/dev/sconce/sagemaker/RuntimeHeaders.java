package dev.sconce.sagemaker;

import dev.sconce.http.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The headers of SageMaker's runtime API. Of a call's, SageMaker gives a container only those that
 * its API has; of a container's answer, it gives the client only a few.
 */
final class RuntimeHeaders {
  /** What stands before the names of all but the ordinary ones. */
  static final String PREFIX = "x-amzn-sagemaker-";

  /** By which clients tell which call it was. */
  static final String REQUEST_ID = "x-amzn-requestid";

  static final String TARGET_MODEL = PREFIX + "target-model";
  static final String TARGET_VARIANT = PREFIX + "target-variant";
  static final String INFERENCE_ID = PREFIX + "inference-id";
  static final String CONTENT_TYPE = PREFIX + "content-type";
  static final String ACCEPT = PREFIX + "accept";

  private static final Set<String> ASKED =
      Set.of(
          "content-type",
          "accept",
          PREFIX + "custom-attributes",
          TARGET_MODEL,
          TARGET_VARIANT,
          PREFIX + "target-container-hostname",
          INFERENCE_ID,
          PREFIX + "enable-explanations",
          PREFIX + "inference-component",
          PREFIX + "session-id",
          PREFIX + "prefix-aware-id");

  private static final Set<String> ANSWERED =
      Set.of(
          "content-type",
          PREFIX + "custom-attributes",
          PREFIX + "new-session-id",
          PREFIX + "closed-session-id");

  private RuntimeHeaders() {}

  /**
   * A call's headers as its container sees them; where the API has a header of its own for the
   * content type or for what is accepted, that one counts.
   */
  static Headers forContainer(Headers call) {
    List<Headers.Field> kept =
        new ArrayList<>(
            call.fields().stream().filter(field -> ASKED.contains(lower(field.name()))).toList());
    replace(kept, "content-type", call.first(CONTENT_TYPE).orElse(""));
    replace(kept, "accept", call.first(ACCEPT).orElse(""));
    return new Headers(kept);
  }

  private static void replace(List<Headers.Field> fields, String name, String value) {
    if (!value.isEmpty()) {
      fields.removeIf(field -> field.name().equalsIgnoreCase(name));
      fields.add(new Headers.Field(name, value));
    }
  }

  /** A container's headers as the client sees them. */
  static Headers forClient(Headers answer) {
    return new Headers(
        answer.fields().stream().filter(field -> ANSWERED.contains(lower(field.name()))).toList());
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
