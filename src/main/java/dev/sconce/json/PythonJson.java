package dev.sconce.json;

import com.fasterxml.jackson.core.io.schubfach.DoubleToDecimal;
import java.math.BigDecimal;
import java.math.MathContext;
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

  /**
   * Writes the shortest digits that read back as {@code value} (Jackson's Schubfach), laid out by
   * CPython's rule for {@code repr} ({@code float_repr_style} short: exponent form from 1e16 up and
   * below 1e-4, at least two digits of exponent).
   */
  @Override
  void decimal(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      out.append(Double.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
      return;
    }
    String shortest = shortest(Math.abs(value));
    int e = shortest.indexOf('E');
    String mantissa = e < 0 ? shortest : shortest.substring(0, e);
    int exponent = e < 0 ? 0 : Integer.parseInt(shortest.substring(e + 1));
    int point = mantissa.indexOf('.');
    String digits = mantissa.substring(0, point) + mantissa.substring(point + 1);
    if (1 / value < 0 || value < 0) {
      out.append('-');
    }
    lay(digits, point + exponent);
  }

  /**
   * The fewest digits that read back as {@code value}. Java's rule asks for two at least, Python's
   * for one; it matters for the smallest subnormals only ({@code 4.9E-324}, {@code 5e-324}).
   */
  private static String shortest(double value) {
    String digits = DoubleToDecimal.toString(value);
    if (value >= Double.MIN_NORMAL || value == 0) {
      return digits;
    }
    BigDecimal oneDigit = new BigDecimal(digits).round(new MathContext(1));
    return oneDigit.doubleValue() == value
        ? oneDigit.unscaledValue() + ".0E" + -oneDigit.scale()
        : digits;
  }

  /** Lays out 0.{@code digits} times ten to the power of {@code point}. */
  private void lay(String paddedDigits, int paddedPoint) {
    int leading = 0;
    while (leading < paddedDigits.length() - 1 && paddedDigits.charAt(leading) == '0') {
      leading++;
    }
    int end = paddedDigits.length();
    while (end > leading + 1 && paddedDigits.charAt(end - 1) == '0') {
      end--;
    }
    String digits = paddedDigits.substring(leading, end);
    int point = paddedPoint - leading;
    if (digits.equals("0")) {
      out.append("0.0");
    } else if (point > 16 || point <= -4) {
      exponential(digits, point - 1);
    } else if (point <= 0) {
      out.append("0.").append("0".repeat(-point)).append(digits);
    } else if (point >= digits.length()) {
      out.append(digits).append("0".repeat(point - digits.length())).append(".0");
    } else {
      out.append(digits, 0, point).append('.').append(digits, point, digits.length());
    }
  }

  private void exponential(String digits, int exponent) {
    out.append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    out.append(exponent < 0 ? "e-" : "e+");
    out.append(Math.abs(exponent) < 10 ? "0" : "").append(Math.abs(exponent));
  }
}
