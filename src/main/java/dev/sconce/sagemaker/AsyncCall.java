package dev.sconce.sagemaker;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.http.Body;
import dev.sconce.http.Request;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A call of {@code InvokeEndpointAsync}, checked.
 *
 * @param inferenceId the client's, or a new one
 * @param input where the body is, if it did not come with the call
 * @param output where the answer goes
 * @param failure where a failure goes
 * @param timeToLive how long it may wait for its turn
 * @param timeout how long it may be in work
 */
record AsyncCall(
    String inferenceId,
    Optional<S3Location> input,
    S3Location output,
    S3Location failure,
    Duration timeToLive,
    Duration timeout) {
  private static final String INPUT = "X-Amzn-SageMaker-InputLocation";
  private static final String EXTENSION = "X-Amzn-SageMaker-S3OutputPathExtension";
  private static final String FILE_NAME = "X-Amzn-SageMaker-Filename";

  private static final int MAX_INLINE_BYTES = 128_000;

  /** A number of seconds that a call may say: SageMaker's bounds, and what it takes for none. */
  private record Seconds(String header, int least, int most, int otherwise) {}

  private static final Seconds TIME_TO_LIVE =
      new Seconds("X-Amzn-SageMaker-RequestTTLSeconds", 60, 21_600, 21_600);
  private static final Seconds TIMEOUT =
      new Seconds("X-Amzn-SageMaker-InvocationTimeoutSeconds", 1, 3600, 900);

  private static final Pattern PATH_EXTENSION =
      Pattern.compile("(?!s3:|https:)[a-zA-Z0-9!_.*'()/-]{1,512}");
  private static final Pattern PLAIN_NAME =
      Pattern.compile("(?!.*\\..*\\.)[a-zA-Z0-9][a-zA-Z0-9_.-]{0,31}");
  private static final Pattern NAME_OF_ID = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}");

  /**
   * Reads a call.
   *
   * @param endpoint its name, which can be a directory's
   * @throws ServingException {@code BAD_REQUEST}
   */
  static AsyncCall of(String endpoint, Request call) {
    Optional<S3Location> input =
        header(call, INPUT).map(text -> S3Location.parse(INPUT, utf8(text)));
    checkBody(call.body(), input.isPresent());
    String id =
        call.header(RuntimeHeaders.INFERENCE_ID).orElseGet(() -> UUID.randomUUID().toString());
    String name = NAME_OF_ID.matcher(id).matches() ? id : UUID.randomUUID().toString();
    String extension = header(call, EXTENSION).map(text -> checked(EXTENSION, text)).orElse("");
    String fileName =
        header(call, FILE_NAME).map(text -> checked(FILE_NAME, text)).orElse(name + ".out");
    return new AsyncCall(
        id,
        input,
        location("async-endpoint-outputs/" + endpoint + extension + "/" + fileName),
        location("async-endpoint-failures/" + endpoint + "/" + name + "-error.out"),
        seconds(call, TIME_TO_LIVE),
        seconds(call, TIMEOUT));
  }

  private static Optional<String> header(Request call, String name) {
    return call.header(name).filter(text -> !text.isEmpty());
  }

  /** The bucket and the directories that SageMaker's Python SDK chooses if it is told of none. */
  private static S3Location location(String key) {
    return S3Location.parse("the answer's location", "s3://sagemaker-local/" + key);
  }

  private static void checkBody(Body body, boolean elsewhere) {
    boolean here = !(body instanceof Body.Empty);
    if (here == elsewhere) {
      throw refused(
          here
              ? "InputLocation and a Body (expected: one of them)"
              : "neither InputLocation nor a Body (expected: one of them)");
    }
    if (body instanceof Body.Raw raw && raw.content().remaining() > MAX_INLINE_BYTES) {
      throw refused(
          "Body: %d bytes (expected: at most %d; larger ones come from InputLocation)"
              .formatted(raw.content().remaining(), MAX_INLINE_BYTES));
    }
  }

  /** Clients write UTF-8 into headers, which are read as Latin-1. */
  private static String utf8(String header) {
    return new String(header.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  /** Slashes around the extension count for nothing. */
  private static String checked(String name, String text) {
    boolean isExtension = name.equals(EXTENSION);
    Pattern form = isExtension ? PATH_EXTENSION : PLAIN_NAME;
    if (!form.matcher(text).matches()) {
      throw refused("%s: %s (expected: %s)".formatted(name, text, form));
    }
    return isExtension ? "/" + text.replaceAll("^/+|/+$", "") : text;
  }

  private static Duration seconds(Request call, Seconds rule) {
    String text = header(call, rule.header()).orElse("" + rule.otherwise());
    try {
      int value = Integer.parseInt(text);
      if (value >= rule.least() && value <= rule.most()) {
        return Duration.ofSeconds(value);
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw refused(
        "%s: %s (expected: %d to %d)".formatted(rule.header(), text, rule.least(), rule.most()));
  }

  private static ServingException refused(String message) {
    return new ServingException(ErrorCode.BAD_REQUEST, message);
  }
}
