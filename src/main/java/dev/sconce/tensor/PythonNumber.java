package dev.sconce.tensor;

import java.util.Locale;
import java.util.Optional;

/**
 * A number as Python's {@code int} and {@code float} read one from text, of ASCII digits.
 *
 * @param value rounded to float32
 * @param whole whether it is an integer of at most 64 bits
 */
record PythonNumber(float value, boolean whole) {
  /** {@code True} or {@code False}, in any case. */
  static boolean isFlag(String text) {
    return text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false");
  }

  /** The number that {@code text} is; empty if it is none. */
  static Optional<PythonNumber> of(String text) {
    String plain = text.indexOf('_') < 0 ? text : withoutUnderscores(text);
    if (!plain.isEmpty() && plain.chars().allMatch(c -> isDigit(c) || c == '+' || c == '-')) {
      return whole(plain).or(() -> decimal(plain));
    }
    if (plain.chars().allMatch(c -> isDigit(c) || "+-.eE".indexOf(c) >= 0)) {
      return decimal(plain);
    }
    return word(plain.toLowerCase(Locale.ROOT));
  }

  private static Optional<PythonNumber> whole(String text) {
    try {
      return Optional.of(new PythonNumber(Long.parseLong(text), true));
    } catch (NumberFormatException e) {
      return Optional.empty(); // of more than 64 bits, then, or none
    }
  }

  private static Optional<PythonNumber> decimal(String text) {
    try {
      return Optional.of(new PythonNumber((float) Double.parseDouble(text), false));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<PythonNumber> word(String text) {
    return switch (text.startsWith("+") || text.startsWith("-") ? text.substring(1) : text) {
      case "nan" -> Optional.of(new PythonNumber(Float.NaN, false));
      case "inf", "infinity" ->
          Optional.of(
              new PythonNumber(
                  text.startsWith("-") ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY, false));
      default -> Optional.empty();
    };
  }

  /** Python allows one between two digits; where others stand, the text is left as no number. */
  private static String withoutUnderscores(String text) {
    for (int i = text.indexOf('_'); i >= 0; i = text.indexOf('_', i + 1)) {
      boolean between =
          i > 0
              && i < text.length() - 1
              && isDigit(text.charAt(i - 1))
              && isDigit(text.charAt(i + 1));
      if (!between) {
        return text;
      }
    }
    return text.replace("_", "");
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
