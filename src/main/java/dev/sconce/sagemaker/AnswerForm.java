package dev.sconce.sagemaker;

import dev.sconce.http.Headers;
import java.nio.ByteBuffer;
import java.util.Optional;

/** How SageMaker puts a container's answer for its client. */
enum AnswerForm {
  /** As it is: {@code InvokeEndpoint}. */
  PLAIN {
    @Override
    Headers headers(Headers container) {
      return RuntimeHeaders.forClient(container);
    }

    @Override
    ByteBuffer piece(ByteBuffer bytes) {
      return bytes;
    }

    @Override
    Optional<ByteBuffer> lastWords(int status, ByteBuffer failure) {
      return Optional.empty();
    }
  },

  /** In frames: {@code InvokeEndpointWithResponseStream}. */
  FRAMES {
    @Override
    Headers headers(Headers container) {
      Headers headers = Headers.of("content-type", EventStream.CONTENT_TYPE);
      for (Headers.Field field : RuntimeHeaders.forClient(container).fields()) {
        boolean type = field.name().equalsIgnoreCase("content-type");
        headers = headers.with(type ? RuntimeHeaders.CONTENT_TYPE : field.name(), field.value());
      }
      return headers;
    }

    @Override
    ByteBuffer piece(ByteBuffer bytes) {
      return EventStream.payloadParts(bytes);
    }

    @Override
    Optional<ByteBuffer> lastWords(int status, ByteBuffer failure) {
      return Optional.of(RuntimeErrors.inStream(status, failure));
    }
  };

  /** The answer's headers, of those of a container's success. */
  abstract Headers headers(Headers container);

  /** What is sent for a piece of the answer, or for all of it. */
  abstract ByteBuffer piece(ByteBuffer bytes);

  /**
   * What is sent in the place of a failure when some has been sent; if nothing is, the connection
   * breaks off.
   *
   * @param status what the container would have answered before
   * @param failure the body of that answer
   */
  abstract Optional<ByteBuffer> lastWords(int status, ByteBuffer failure);
}
