package dev.sconce.http;

import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A route's path: {@code /models/{name}/{version}}, {@code /v1/models/{name}:predict}, {@code
 * /predictions/{model}/{version}/{rest...}}.
 *
 * <p>A variable stands for all of one segment that is not empty, or for what is between the fixed
 * text around it; one with dots, at the end only, stands for one or more segments.
 *
 * @param segments the pattern between its slashes
 */
record PathPattern(List<Segment> segments) {
  /** The pattern that says most about a path comes first. */
  static final Comparator<PathPattern> MOST_SPECIFIC_FIRST = PathPattern::compare;

  private static final Pattern VARIABLE =
      Pattern.compile("([^{}]*)\\{([A-Za-z]+)(\\.\\.\\.)?}([^{}]*)");

  /**
   * One segment of a pattern.
   *
   * @param prefix the fixed text it begins with; all of it if there is no variable
   * @param variable the variable's name, if there is one
   * @param suffix the fixed text it ends with
   * @param rest whether it stands for all further segments too
   */
  record Segment(String prefix, Optional<String> variable, String suffix, boolean rest) {

    /** 0 for a fixed text, more the less the segment says. */
    private int vagueness() {
      if (variable.isEmpty()) {
        return 0;
      }
      int bare = prefix.isEmpty() && suffix.isEmpty() ? 2 : 1;
      return rest ? 3 : bare;
    }

    private boolean matches(String text) {
      if (variable.isEmpty()) {
        return text.equals(prefix);
      }
      return text.length() > prefix.length() + suffix.length()
          && text.startsWith(prefix)
          && text.endsWith(suffix);
    }

    private String valueIn(String text) {
      return text.substring(prefix.length(), text.length() - suffix.length());
    }
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException if it is none
   */
  static PathPattern parse(String text) {
    if (!text.startsWith("/")) {
      throw new IllegalArgumentException("route: " + text + " (expected: a path beginning with /)");
    }
    List<Segment> segments =
        Stream.of(text.substring(1).split("/"))
            .filter(segment -> !segment.isEmpty())
            .map(segment -> segment(segment, text))
            .toList();
    checkVariables(segments, text);
    return new PathPattern(segments);
  }

  private static Segment segment(String segment, String text) {
    if (segment.indexOf('{') < 0 && segment.indexOf('}') < 0) {
      return new Segment(segment, Optional.empty(), "", false);
    }
    Matcher parts = VARIABLE.matcher(segment);
    if (!parts.matches()) {
      throw new IllegalArgumentException("route: " + text + " (expected: {name} in a segment)");
    }
    boolean rest = parts.group(3) != null;
    return new Segment(parts.group(1), Optional.of(parts.group(2)), parts.group(4), rest);
  }

  private static void checkVariables(List<Segment> segments, String text) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      boolean restWithin = segment.rest() && i < segments.size() - 1;
      boolean restWithText =
          segment.rest() && !(segment.prefix().isEmpty() && segment.suffix().isEmpty());
      boolean twice = segment.variable().isPresent() && !names.add(segment.variable().get());
      if (restWithin || restWithText || twice) {
        throw new IllegalArgumentException(
            "route: " + text + " (expected: names once, {rest...} alone and last)");
      }
    }
  }

  /** What the variables stand for in a path of these segments, if the pattern fits it. */
  Optional<Map<String, String>> match(List<String> path) {
    boolean openEnd = !segments.isEmpty() && segments.get(segments.size() - 1).rest();
    if (path.size() != segments.size() && !(openEnd && path.size() > segments.size())) {
      return Optional.empty();
    }
    Map<String, String> found = new LinkedHashMap<>();
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      String text = segment.rest() ? String.join("/", path.subList(i, path.size())) : path.get(i);
      if (!segment.matches(text)) {
        return Optional.empty();
      }
      segment.variable().ifPresent(name -> found.put(name, segment.valueIn(text)));
    }
    return Optional.of(found);
  }

  private static int compare(PathPattern one, PathPattern other) {
    int common = Math.min(one.segments.size(), other.segments.size());
    for (int i = 0; i < common; i++) {
      int difference = one.segments.get(i).vagueness() - other.segments.get(i).vagueness();
      if (difference != 0) {
        return difference;
      }
    }
    return one.segments.size() - other.segments.size();
  }
}
