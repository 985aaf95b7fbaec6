package dev.sconce.json;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * JSON to the byte as CPython's {@code json.dumps} writes it: ASCII only, numbers as {@code
 * repr(float)} has them, {@code NaN} and {@code Infinity} as such, no newline at the end.
 *
 * <p>A {@code float} is widened to {@code double} first, as {@code tensor.tolist()} does, so {@code
 * 0.1f} is {@code 0.10000000149011612}.
 */
public final class PythonJson extends IndentedJson {
  private PythonJson(boolean oneLine) {
    super(oneLine);
  }

  /**
   * The bytes of {@code json.dumps(value, indent=2)}.
   *
   * @param value maps with text keys, iterables, Java arrays, text, numbers, booleans and null, in
   *     any nesting
   * @throws IllegalArgumentException if a value of another type is met
   */
  public static byte[] bytes(@Nullable Object value) {
    return bytes(value, new PythonJson(false));
  }

  /** The bytes of {@code json.dumps(value)}: everything on one line; else as {@link #bytes}. */
  public static byte[] oneLine(@Nullable Object value) {
    return bytes(value, new PythonJson(true));
  }

  private static byte[] bytes(@Nullable Object value, PythonJson json) {
    json.value(value, 0);
    return json.out.toString().getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  boolean omitsNulls() {
    return false;
  }

  @Override
  void text(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (shortEscape(c)) {
        continue;
      }
      if (c >= ' ' && c <= '~') {
        out.append(c);
      } else {
        unicodeEscape(c);
      }
    }
    out.append('"');
  }

  @Override
  void decimal(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      out.append(Double.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    } else {
      PythonFloat.append(out, value);
    }
  }
}
