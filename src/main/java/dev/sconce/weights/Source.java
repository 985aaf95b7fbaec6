package dev.sconce.weights;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;

/**
 * Whose fault a fault is: every message of this room begins with the file's name.
 *
 * @param fileName the last part of the file's path
 */
record Source(String fileName) {
  private static final int LONGEST_EXCERPT = 200;

  /** A failure of this file, to be thrown by the caller. */
  ServingException fault(String message) {
    return new ServingException(ErrorCode.INVALID_MODEL, fileName + ": " + message);
  }

  /** A failure of this file with its cause. */
  ServingException fault(String message, Throwable cause) {
    return new ServingException(ErrorCode.INVALID_MODEL, fileName + ": " + message, cause);
  }

  /** Text out of a file, fit for a message: of bounded length and without control characters. */
  static String excerpt(String text) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), LONGEST_EXCERPT); i++) {
      char c = text.charAt(i);
      shown.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
    }
    return text.length() > LONGEST_EXCERPT ? shown.append("...").toString() : shown.toString();
  }
}
