package dev.sconce.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code don't} → {@code do not}, wherever it stands, even inside a word: {@code
 * _expand_contractions} of {@code text_handler.py}. Immutable.
 */
final class Contractions {
  private static final String FILE = "contractions.txt";

  private final Map<String, String> expansions;
  private final Pattern anyOfThem;

  private Contractions(Map<String, String> expansions) {
    this.expansions = expansions;
    this.anyOfThem =
        Pattern.compile(
            expansions.keySet().stream().map(Pattern::quote).collect(Collectors.joining("|")),
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
  }

  /** TorchServe's own. */
  static Contractions ofTorchServe() {
    try (InputStream file =
            Objects.requireNonNull(Contractions.class.getResourceAsStream(FILE), FILE);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))) {
      Map<String, String> expansions = new LinkedHashMap<>();
      lines
          .lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(
              line -> {
                int equals = line.indexOf('=');
                expansions.put(line.substring(0, equals), line.substring(equals + 1));
              });
      return new Contractions(expansions);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text with each expanded; then what apostrophes are left are dropped. */
  String expand(String text) {
    if (text.indexOf('\'') < 0) {
      return text; // each has one
    }
    return anyOfThem.matcher(text).replaceAll(this::expanded).replace("'", "");
  }

  /**
   * The first letter stays as it is, even where it is no letter: {@code 'cause}, {@code 'ecause}.
   */
  private String expanded(MatchResult found) {
    String text = found.group();
    @Nullable String expansion = expansions.get(text);
    if (expansion == null) {
      expansion = expansions.getOrDefault(text.toLowerCase(Locale.ROOT), text);
    }
    return text.charAt(0) + expansion.substring(1);
  }
}
