package dev.sconce.http;

import java.nio.charset.StandardCharsets;

/** What a client sent, made fit to be repeated in a message: one line, not long. */
final class Excerpt {
  private static final int MOST_CHARACTERS = 60;

  private Excerpt() {}

  /** The beginning of the text, its control characters replaced. */
  static String of(String text) {
    int size = Math.min(text.length(), MOST_CHARACTERS);
    StringBuilder shown = new StringBuilder(size + 3);
    for (int i = 0; i < size; i++) {
      char c = text.charAt(i);
      shown.append(Character.isISOControl(c) ? '?' : c);
    }
    return shown.append(size < text.length() ? "..." : "").toString();
  }

  /** The same of bytes, each shown as one character. */
  static String of(byte[] bytes, int from, int to) {
    int size = Math.min(to - from, MOST_CHARACTERS + 1);
    return of(new String(bytes, from, size, StandardCharsets.ISO_8859_1));
  }
}
