package dev.sconce.archive;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** How values and failures that nobody vouches for appear in a message. */
final class Shown {
  private static final int MAX_CHARACTERS = 200;

  private Shown() {}

  /** A value with control characters replaced, cut to length. */
  static String value(@Nullable Object value) {
    String text = String.valueOf(value);
    String head = text.length() <= MAX_CHARACTERS ? text : text.substring(0, MAX_CHARACTERS);
    StringBuilder plain = new StringBuilder();
    head.codePoints().map(c -> Character.isISOControl(c) ? '?' : c).forEach(plain::appendCodePoint);
    return head.length() == text.length() ? plain.toString() : plain.append("...").toString();
  }

  /** Why something failed at bottom, without the server's own paths. */
  static String reason(Exception failure) {
    Throwable bottom = failure;
    while (bottom.getCause() != null) {
      bottom = bottom.getCause();
    }
    if (bottom instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (bottom instanceof NoSuchFileException) {
      return "no such file";
    }
    String message = bottom instanceof FileSystemException e ? e.getReason() : bottom.getMessage();
    return message == null ? bottom.getClass().getSimpleName() : value(message);
  }
}
