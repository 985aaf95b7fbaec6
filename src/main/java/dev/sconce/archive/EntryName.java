package dev.sconce.archive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The rules for names of files inside an archive. */
final class EntryName {
  private static final int MAX_CHARACTERS = 1024;
  private static final int MAX_SEGMENT_BYTES = 255;
  private static final int MAX_DEPTH = 32;
  private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:.*", Pattern.DOTALL);

  private EntryName() {}

  /** Why {@code name} may not be used below an archive's top; empty if it may. */
  static Optional<String> fault(String name) {
    if (name.chars().anyMatch(Character::isISOControl)) {
      return Optional.of("its name holds a control character");
    }
    if (name.indexOf('\\') >= 0) {
      return Optional.of("its name holds a backslash");
    }
    if (name.startsWith("/") || DRIVE.matcher(name).matches()) {
      return Optional.of("its name is absolute");
    }
    if (name.length() > MAX_CHARACTERS) {
      return Optional.of("its name is longer than " + MAX_CHARACTERS + " characters");
    }
    if (Arrays.asList(name.split("/")).contains("..")) {
      return Optional.of("its name leads out of the archive");
    }
    return sizeFault(name);
  }

  private static Optional<String> sizeFault(String name) {
    if (segments(name).count() > MAX_DEPTH) {
      return Optional.of("it lies more than " + MAX_DEPTH + " directories deep");
    }
    if (segments(name)
        .anyMatch(s -> s.getBytes(StandardCharsets.UTF_8).length > MAX_SEGMENT_BYTES)) {
      return Optional.of("a part of its name is longer than " + MAX_SEGMENT_BYTES + " bytes");
    }
    return Optional.empty();
  }

  /**
   * A faultless name without empty and {@code .} segments, as in {@code sub/a.pth}; empty for the
   * archive's top itself ({@code ./}).
   */
  static String normalise(String name) {
    return segments(name).collect(Collectors.joining("/"));
  }

  private static Stream<String> segments(String name) {
    return Arrays.stream(name.split("/")).filter(s -> !s.isEmpty() && !s.equals("."));
  }
}
