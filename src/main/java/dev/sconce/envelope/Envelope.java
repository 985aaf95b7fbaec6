package dev.sconce.envelope;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Handler;
import dev.sconce.handler.HandlerContext;
import dev.sconce.handler.JsonHandler;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * TorchServe's service envelopes ({@code ts/torch_handler/request_envelope}): how requests wrap
 * what a handler is to see, and how answers wrap what it gives.
 */
public enum Envelope {
  /** Nothing is wrapped: a request is the one instance, as it is for our handlers anyway. */
  BODY,
  /**
   * {@code {"instances": […]}} → {@code {"predictions": […]}} on one line, as TensorFlow Serving
   * has it.
   */
  JSON,
  /**
   * The same in KServe's first protocol, with the answer laid out over lines; explanations are
   * {@code {"explanations": […]}}.
   */
  KSERVE,
  /** KServe's second protocol: {@code {"inputs": […]}} → {@code {"outputs": […]}}. */
  KSERVEV2;

  /** As {@code config.properties} writes it. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The envelope of that name; empty if there is none. */
  public static Optional<Envelope> of(String wireName) {
    return Arrays.stream(values()).filter(e -> e.wireName().equals(wireName)).findFirst();
  }

  /** All names, for messages: {@code body, json, kserve, kservev2}. */
  public static String wireNames() {
    return Arrays.stream(values()).map(Envelope::wireName).collect(Collectors.joining(", "));
  }

  /**
   * The handler inside this envelope, not yet initialized; it owns {@code handler}.
   *
   * @throws ServingException {@code INVALID_MODEL} if the handler's answers are no JSON values
   */
  public Handler<?, ?> around(Handler<?, ?> handler) {
    if (this == BODY) {
      return handler; // which reads the part data or body itself
    }
    if (handler instanceof JsonHandler<?, ?> inner) {
      return new EnvelopeHandler<>(inner, this);
    }
    throw new ServingException(
        ErrorCode.INVALID_MODEL,
        "service_envelope: %s: the handler %s gives no JSON values to put into it (expected: one that implements %s)"
            .formatted(wireName(), handler.getClass().getName(), JsonHandler.class.getName()));
  }

  EnvelopeFormat format(HandlerContext model) {
    return switch (this) {
      case BODY -> throw new IllegalStateException("body wraps nothing");
      case JSON -> InstancesFormat.JSON;
      case KSERVE -> InstancesFormat.KSERVE;
      case KSERVEV2 -> new TensorsFormat(model.modelName(), model.modelVersion());
    };
  }
}
