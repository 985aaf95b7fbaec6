package dev.sconce.tensor;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import dev.sconce.handler.Input;
import dev.sconce.handler.Output;
import dev.sconce.json.PythonJson;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * In which form a client gets its answer.
 *
 * @param type one of {@link #SUPPORTED}
 * @param contentType what the answer's header says
 */
record AnswerForm(String type, String contentType) {
  static final String JSON = "application/json";
  static final String CSV = "text/csv";
  static final String NPY = "application/x-npy";

  /** What requests and answers may be. */
  static final List<String> SUPPORTED = List.of(JSON, CSV, NPY);

  private static final String ANY = "*/*";

  /**
   * The first of the header's types that is supported; weights are not looked at. As from AWS's
   * handler, the answer's type then is the whole header.
   *
   * <p>What that handler fails at is read as HTTP means it: types with parameters or in large
   * letters, and {@code *}{@code /*} among others, which is {@code fallback}.
   *
   * @param fallback taken as the header where there is none, or only {@code *}{@code /*}
   * @throws ServingException {@code BAD_REQUEST} naming the header if nothing in it is supported
   */
  static AnswerForm of(Input input, String fallback) {
    Optional<String> header = input.header("accept").map(String::strip);
    String accept = header.filter(a -> !a.isEmpty() && !a.equals(ANY)).orElse(fallback);
    return exact(accept)
        .or(() -> lenient(accept, fallback))
        .orElseThrow(() -> unsupported("accept: " + accept));
  }

  /** The form that a header without any leniency asks for. */
  static Optional<AnswerForm> exact(String accept) {
    return words(accept)
        .map(word -> word.replace(" ", ""))
        .filter(SUPPORTED::contains)
        .findFirst()
        .map(type -> new AnswerForm(type, accept));
  }

  private static Optional<AnswerForm> lenient(String accept, String fallback) {
    return words(accept)
        .filter(word -> !word.matches("(?i).*;\\s*q\\s*=\\s*0(\\.0*)?\\s*(;.*)?"))
        .map(AnswerForm::mediaType)
        .flatMap(type -> type.equals(ANY) ? words(fallback).map(String::strip) : Stream.of(type))
        .filter(SUPPORTED::contains)
        .findFirst()
        .map(type -> new AnswerForm(type, type));
  }

  private static Stream<String> words(String accept) {
    return Arrays.stream(accept.split(",", -1));
  }

  /** A type without its parameters, in small letters. */
  static String mediaType(String header) {
    return header.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
  }

  /** The refusal of a type; to be thrown. */
  static ServingException unsupported(String found) {
    String shown = found.length() <= 100 ? found : found.substring(0, 100) + "…";
    return new ServingException(
        ErrorCode.BAD_REQUEST, shown + " (expected: " + String.join(", ", SUPPORTED) + ")");
  }

  /**
   * The answer.
   *
   * @throws ServingException {@code BAD_REQUEST} if this form cannot hold the prediction
   */
  Output answer(Prediction prediction) {
    return Output.bytes(
        contentType,
        switch (type) {
          case CSV -> ArrayForms.csv(array(prediction, true));
          case NPY -> ArrayForms.npy(array(prediction, false));
          default -> PythonJson.oneLine(prediction.json());
        });
  }

  private TensorValues array(Prediction prediction, boolean flat) {
    TensorValues array =
        AsArray.of(prediction)
            .orElseThrow(() -> refused("what the model gives, which is no one array"));
    int dimensions = array.shape().size();
    if (flat && dimensions != 1 && dimensions != 2) {
      throw refused("an array of " + dimensions + " dimensions");
    }
    return array;
  }

  private ServingException refused(String what) {
    return new ServingException(
        ErrorCode.BAD_REQUEST,
        "accept: %s cannot hold %s (expected: %s)".formatted(type, what, JSON));
  }
}
