package dev.sconce;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What stands in Prometheus' text. */
final class MetricsText {
  private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*),})? .*");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** Families that TorchServe has not begin so. */
  private static final String OURS = "sconce_";

  private MetricsText() {}

  static boolean is(String body) {
    return body.startsWith("# HELP ");
  }

  /** The lines that tell names, types and help of TorchServe's families. */
  static Set<String> families(String text) {
    return text.lines()
        .filter(line -> line.startsWith("#") && !line.split(" ")[2].startsWith(OURS))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Labels of each sample name. */
  static Map<String, Set<String>> labels(String text) {
    Map<String, Set<String>> labels = new TreeMap<>();
    text.lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(
            line -> {
              Matcher sample = SAMPLE.matcher(line);
              assertThat(sample.matches()).as(line).isTrue();
              Set<String> of = labels.computeIfAbsent(sample.group(1), name -> new HashSet<>());
              if (sample.group(2) != null) {
                LABEL.matcher(sample.group(2)).results().forEach(label -> of.add(label.group(1)));
              }
            });
    return labels;
  }

  /** Labels of each sample name, of those names alone. */
  static Map<String, Set<String>> labels(String text, Collection<String> names) {
    Map<String, Set<String>> labels = labels(text);
    labels.keySet().retainAll(names);
    return labels;
  }
}
