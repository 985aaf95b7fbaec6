package dev.sconce.json;

import java.nio.charset.StandardCharsets;

/**
 * JSON as TorchServe's management API and its errors have it (Gson's pretty printing without HTML
 * escaping): UTF-8, members that are null left out, one newline at the end.
 */
public final class ManagementJson extends IndentedJson {
  private ManagementJson() {
    super(false);
  }

  /**
   * The bytes of {@code value}.
   *
   * @param value maps with text keys, iterables, Java arrays, text, numbers, booleans and null, in
   *     any nesting; decimals must be finite
   * @throws IllegalArgumentException if a value of another type is met
   */
  public static byte[] bytes(Object value) {
    ManagementJson json = new ManagementJson();
    json.value(value, 0);
    return json.out.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  boolean omitsNulls() {
    return true;
  }

  @Override
  void text(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (shortEscape(c)) {
        continue;
      }
      if (c < ' ' || c == '\u2028' || c == '\u2029') {
        unicodeEscape(c);
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  @Override
  void decimal(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("number: " + value + " (expected: finite)");
    }
    out.append(value);
  }
}
