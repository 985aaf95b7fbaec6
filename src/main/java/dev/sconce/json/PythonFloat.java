package dev.sconce.json;

import com.fasterxml.jackson.core.io.schubfach.DoubleToDecimal;
import com.fasterxml.jackson.core.io.schubfach.FloatToDecimal;
import java.math.BigDecimal;
import java.math.MathContext;

/**
 * Floating point numbers to the letter as Python writes them: the shortest digits that read back as
 * the number (Jackson's Schubfach), laid out by CPython's rule for {@code repr} ({@code
 * float_repr_style} short: exponent form from 1e16 up and below 1e-4, at least two digits of
 * exponent). NumPy before 2.3 lays its own out alike.
 */
public final class PythonFloat {
  private static final double LEAST_PLAIN = 1e-4;

  private PythonFloat() {}

  /** Appends {@code repr(value)} of a float of Python's: {@code 0.1}, {@code nan}, {@code -inf}. */
  public static void append(StringBuilder out, double value) {
    if (appendSign(out, value)) {
      double size = Math.abs(value);
      String digits = DoubleToDecimal.toString(size);
      lay(out, size, shortest(digits, size < Double.MIN_NORMAL, size, false));
    }
  }

  /** Appends {@code str(value)} of a {@code numpy.float32}, which has fewer digits. */
  public static void append(StringBuilder out, float value) {
    if (appendSign(out, value)) {
      float size = Math.abs(value);
      String digits = FloatToDecimal.toString(size);
      lay(out, size, shortest(digits, size < Float.MIN_NORMAL, size, true));
    }
  }

  /** Appends the sign, and what is no finite number whole; whether digits are to come. */
  private static boolean appendSign(StringBuilder out, double value) {
    if (Double.isNaN(value)) {
      out.append("nan");
      return false;
    }
    if (value < 0 || 1 / value < 0) {
      out.append('-');
    }
    if (Double.isInfinite(value)) {
      out.append("inf");
      return false;
    }
    return true;
  }

  /**
   * Java's rule asks for two digits at least, Python's for one; it matters for the smallest
   * subnormals only ({@code 4.9E-324}, {@code 5e-324}).
   */
  private static String shortest(String digits, boolean subnormal, double value, boolean single) {
    if (!subnormal || value == 0) {
      return digits;
    }
    BigDecimal oneDigit = new BigDecimal(digits).round(new MathContext(1));
    double read = single ? oneDigit.floatValue() : oneDigit.doubleValue();
    return read == value ? oneDigit.unscaledValue() + ".0E" + -oneDigit.scale() : digits;
  }

  /** Lays out what Java wrote. */
  private static void lay(StringBuilder out, double size, String shortest) {
    int e = shortest.indexOf('E');
    String mantissa = e < 0 ? shortest : shortest.substring(0, e);
    int exponent = e < 0 ? 0 : Integer.parseInt(shortest.substring(e + 1));
    int dot = mantissa.indexOf('.');
    String digits = mantissa.substring(0, dot) + mantissa.substring(dot + 1);
    lay(out, size, digits, dot + exponent);
  }

  /**
   * Lays out 0.{@code digits} times ten to the power of {@code point}.
   *
   * @param size the number; of float32 the one nearest to 1e-4 is less, for all its digits say
   */
  private static void lay(StringBuilder out, double size, String paddedDigits, int paddedPoint) {
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
    } else if (point > 16 || size < LEAST_PLAIN) {
      exponential(out, digits, point - 1);
    } else if (point <= 0) {
      out.append("0.").append("0".repeat(-point)).append(digits);
    } else if (point >= digits.length()) {
      out.append(digits).append("0".repeat(point - digits.length())).append(".0");
    } else {
      out.append(digits, 0, point).append('.').append(digits, point, digits.length());
    }
  }

  private static void exponential(StringBuilder out, String digits, int exponent) {
    out.append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    out.append(exponent < 0 ? "e-" : "e+");
    out.append(Math.abs(exponent) < 10 ? "0" : "").append(Math.abs(exponent));
  }
}
