package dev.sconce.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text's words, as TorchServe's {@code text_classifier} finds them: tags and entities of HTML
 * dropped, in small letters, contractions expanded, accents and whatever else is no ASCII dropped,
 * punctuation dropped, cut at white space. Takes time in proportion to the text, whatever it is.
 * Safe from any thread.
 */
final class Words {
  private static final Pattern ENTITY =
      Pattern.compile("&([a-z0-9]+|#[0-9]{1,6}|#x[0-9a-f]{1,6});");

  /** Python's white space within ASCII. */
  private static final Pattern SPACE = Pattern.compile("[ \\t\\n\\x0b\\f\\r\\x1c-\\x1f]+");

  private static final int ASCII = 128;
  private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

  private final Contractions contractions = Contractions.ofTorchServe();

  /** The words of {@code text}, in order. */
  List<String> of(String text) {
    String plain = contractions.expand(withoutHtml(text).toLowerCase(Locale.ROOT));
    String ascii = withoutPunctuation(toAscii(plain)).toLowerCase(Locale.ROOT);
    return Arrays.stream(SPACE.split(ascii)).filter(word -> !word.isEmpty()).toList();
  }

  /** The words, then each with the one that follows: {@code a}, {@code b}, {@code a b}. */
  static List<String> withPairs(List<String> words) {
    List<String> all = new ArrayList<>(words);
    for (int i = 0; i + 1 < words.size(); i++) {
      all.add(words.get(i) + " " + words.get(i + 1));
    }
    return all;
  }

  /** {@code CLEANUP_REGEX} of {@code ts/utils/util.py}; a tag ends on its own line. */
  private static String withoutHtml(String text) {
    Matcher entity = ENTITY.matcher(text);
    StringBuilder kept = new StringBuilder(text.length());
    int noTagBefore = 0; // no tag that begins before here has an end
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c == '<' && i >= noTagBefore) {
        int end = tagEnd(text, i);
        if (text.charAt(end - 1) == '>') {
          i = end;
          continue;
        }
        noTagBefore = end;
      } else if (c == '&' && entity.region(i, text.length()).lookingAt()) {
        i = entity.end();
        continue;
      }
      kept.append(c);
      i++;
    }
    return kept.toString();
  }

  /** Behind the first {@code >} or line feed, or the text's end. */
  private static int tagEnd(String text, int start) {
    int end = start + 1;
    while (end < text.length() && text.charAt(end) != '>' && text.charAt(end) != '\n') {
      end++;
    }
    return Math.min(end + 1, text.length());
  }

  /**
   * What of the text's NFKD form is ASCII. Each character is decomposed alone: the order of the
   * marks behind it, which takes long to find for hostile texts, does not matter, as they go.
   */
  private static String toAscii(String text) {
    StringBuilder ascii = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (c < ASCII) {
                ascii.append((char) c);
              } else {
                Normalizer.normalize(Character.toString(c), Normalizer.Form.NFKD)
                    .chars()
                    .filter(part -> part < ASCII)
                    .forEach(part -> ascii.append((char) part));
              }
            });
    return ascii.toString();
  }

  private static String withoutPunctuation(String text) {
    StringBuilder kept = new StringBuilder(text.length());
    text.chars().filter(c -> PUNCTUATION.indexOf(c) < 0).forEach(c -> kept.append((char) c));
    return kept.toString();
  }
}
