package dev.sconce.archive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * A path with {@code *}, {@code ?}, {@code [seq]} or {@code [!seq]} in it, by the rules of Python's
 * {@code glob.glob}: a wildcard stands for characters of one segment, and for a leading dot only if
 * the pattern has one itself.
 */
record FilePattern(String text) {
  /** Whether there is a wildcard in it. */
  boolean hasWildcard() {
    return text.contains("*") || text.contains("?") || text.contains("[");
  }

  /** All files and directories it stands for, below {@code base} if it is relative; sorted. */
  List<Path> expand(Path base) throws IOException {
    Path path = Path.of(text);
    Path root = path.getRoot();
    List<Path> found = List.of(root == null ? base : root);
    for (Path segment : path) {
      List<Path> next = new ArrayList<>();
      for (Path directory : found) {
        next.addAll(children(directory, segment.toString()));
      }
      found = next;
    }
    return found.stream().sorted().toList();
  }

  private static List<Path> children(Path directory, String segment) throws IOException {
    if (!new FilePattern(segment).hasWildcard()) {
      Path child = directory.resolve(segment);
      return Files.exists(child) ? List.of(child) : List.of();
    }
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    Pattern pattern = regex(segment);
    try (Stream<Path> children = Files.list(directory)) {
      return children
          .filter(child -> pattern.matcher(String.valueOf(child.getFileName())).matches())
          .filter(child -> segment.startsWith(".") || !isHidden(child))
          .toList();
    }
  }

  private static boolean isHidden(Path path) {
    return String.valueOf(path.getFileName()).startsWith(".");
  }

  private static Pattern regex(String segment) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < segment.length(); i++) {
      char c = segment.charAt(i);
      int end = c == '[' ? endOfSet(segment, i) : -1;
      if (end > 0) {
        regex.append(characterSet(segment.substring(i + 1, end)));
        i = end;
      } else if (c == '*') {
        regex.append(".*");
      } else {
        regex.append(c == '?' ? "." : Pattern.quote(String.valueOf(c)));
      }
    }
    try {
      return Pattern.compile(regex.toString(), Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      // A range such as [z-a], which stands for nothing in Python.
      return Pattern.compile("(?!)");
    }
  }

  /** Where the set that begins at {@code start} ends; its first character may be a bracket. */
  private static int endOfSet(String segment, int start) {
    int first = segment.startsWith("!", start + 1) ? start + 2 : start + 1;
    return segment.indexOf(']', first + 1);
  }

  private static String characterSet(String set) {
    boolean negated = set.startsWith("!");
    String characters = (negated ? set.substring(1) : set).replaceAll("[\\[\\]\\\\^&]", "\\\\$0");
    return (negated ? "[^" : "[") + characters + "]";
  }
}
