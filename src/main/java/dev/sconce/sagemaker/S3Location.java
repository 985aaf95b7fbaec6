package dev.sconce.sagemaker;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code s3://bucket/key}, of which every segment can be a file's name as it stands.
 *
 * @param bucket letters, digits, {@code .}, {@code _} and {@code -}, the first a letter or a digit
 * @param key the names between its slashes; at least one
 */
record S3Location(String bucket, List<String> key) {
  private static final Pattern FORM = Pattern.compile("s3://([^/]*)/(.*)", Pattern.DOTALL);
  private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{1,62}");
  private static final int MAX_NAME_BYTES = 255;
  private static final int MAX_KEY_BYTES = 1024;

  /** Copies the list. */
  S3Location {
    key = List.copyOf(key);
  }

  /**
   * Reads a location.
   *
   * @param name what the text is called where it comes from, for the message
   * @throws ServingException {@code BAD_REQUEST}
   */
  static S3Location parse(String name, String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || !BUCKET.matcher(form.group(1)).matches()) {
      throw refused(name, text, "s3://bucket/key");
    }
    List<String> key = List.of(form.group(2).split("/", -1));
    if (form.group(2).getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES) {
      throw refused(name, text, "a key of at most " + MAX_KEY_BYTES + " bytes");
    }
    if (!key.stream().allMatch(S3Location::isFileName)) {
      throw refused(
          name, text, "a key whose names between slashes can be files: not empty, not . or ..");
    }
    return new S3Location(form.group(1), key);
  }

  private static ServingException refused(String name, String text, String expected) {
    return new ServingException(
        ErrorCode.BAD_REQUEST, "%s: %s (expected: %s)".formatted(name, text, expected));
  }

  private static boolean isFileName(String segment) {
    return !segment.isEmpty()
        && !segment.equals(".")
        && !segment.equals("..")
        && segment.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES
        && segment.chars().noneMatch(c -> Character.isISOControl(c) || c == '\\');
  }

  @Override
  public String toString() {
    return "s3://" + bucket + "/" + String.join("/", key);
  }
}
