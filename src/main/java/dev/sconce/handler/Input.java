package dev.sconce.handler;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One request, as a handler sees it.
 *
 * @param requestId the id that stands in the answer's {@code x-request-id} and in the log
 * @param parts the named pieces in the order they came; a raw body is the piece {@code body}
 * @param headers the request's headers; names compare without regard to case
 * @param deadline after which the answer is of no use
 */
public record Input(
    String requestId, Map<String, Part> parts, Map<String, String> headers, Deadline deadline) {

  /** Copies the maps. */
  public Input {
    parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
    TreeMap<String, String> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    byName.putAll(headers);
    headers = Collections.unmodifiableMap(byName);
  }

  /** The piece of that name, if the request has it. */
  public Optional<Part> part(String name) {
    return Optional.ofNullable(parts.get(name));
  }

  /** The header of that name, if the request has it. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /**
   * The first of the named pieces that the request has and that is not empty.
   *
   * @throws ServingException {@code BAD_REQUEST}, naming what was expected and what came
   */
  public Part require(String... names) {
    List<Part> found = Arrays.stream(names).flatMap(name -> part(name).stream()).toList();
    if (found.isEmpty()) {
      throw missing(names);
    }
    return found.stream()
        .filter(part -> part.size() > 0)
        .findFirst()
        .orElseThrow(
            () ->
                new ServingException(
                    ErrorCode.BAD_REQUEST,
                    String.join(" or ", names) + ": empty (expected: some bytes)"));
  }

  /**
   * A yes or no, as people and Python write it: {@code True/False}, {@code true/false}, {@code
   * 1/0}, {@code yes/no}, in any case.
   *
   * @return the value of the piece {@code name}, or {@code fallback} if there is none
   * @throws ServingException {@code BAD_REQUEST} if the piece says anything else
   */
  public boolean flag(String name, boolean fallback) {
    return part(name).map(part -> flagValue(name, part.text().strip())).orElse(fallback);
  }

  /**
   * Whether an explanation is wanted rather than a prediction: the header {@code explain}, which
   * the route {@code /explanations} sets.
   */
  public boolean explain() {
    return header("explain").filter(value -> value.equalsIgnoreCase("true")).isPresent();
  }

  private static boolean flagValue(String name, String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "1", "yes" -> true;
      case "false", "0", "no" -> false;
      default ->
          throw new ServingException(
              ErrorCode.BAD_REQUEST,
              name + ": " + shortened(text) + " (expected: True, False, 1, 0, yes or no)");
    };
  }

  private ServingException missing(String... names) {
    String found =
        parts.isEmpty() || part("body").filter(part -> part.size() == 0).isPresent()
            ? "an empty body"
            : parts.keySet().stream()
                .limit(10)
                .map(Input::shortened)
                .collect(Collectors.joining(", "));
    return new ServingException(
        ErrorCode.BAD_REQUEST,
        "missing part: " + String.join(" or ", names) + " (found: " + found + ")");
  }

  private static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }
}
