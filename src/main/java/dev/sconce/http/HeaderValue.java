package dev.sconce.http;

import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A header's value of the form {@code token; name=value; name="value"} (RFC 9110, 5.6.6).
 *
 * <p>Lenient where real clients are: a value without quotes may hold blanks, and in quotes a
 * backslash escapes nothing but a quote or a backslash, since some browsers send whole Windows
 * paths as file names.
 *
 * @param token what stands before the first semicolon, in lower case
 * @param parameters the parameters by name, names in lower case
 */
record HeaderValue(String token, Map<String, String> parameters) {

  /** The parameter of that name. */
  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  /**
   * Takes a value apart.
   *
   * @param where begins the message of a refusal
   * @throws ServingException {@code BAD_REQUEST} if a quote stays open, a parameter has no value or
   *     comes twice
   */
  static HeaderValue parse(String text, String where) {
    return new Parser(text, where).parse();
  }

  private static final class Parser {
    private final String text;
    private final String where;
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private int at;

    Parser(String text, String where) {
      this.text = text;
      this.where = where;
    }

    HeaderValue parse() {
      String token = until(";").toLowerCase(Locale.ROOT);
      while (at < text.length()) {
        at++;
        parameter();
      }
      return new HeaderValue(token, parameters);
    }

    private void parameter() {
      String name = until("=;").toLowerCase(Locale.ROOT);
      if (at == text.length() || text.charAt(at) == ';') {
        if (name.isEmpty()) {
          return; // a semicolon too many, as some clients put at the end
        }
        throw refusal("parameter " + Excerpt.of(name) + " has no value (expected: name=value)");
      }
      at++;
      skipBlanks();
      boolean quoted = at < text.length() && text.charAt(at) == '"';
      String value = quoted ? quoted(name) : until(";");
      if (parameters.put(name, value) != null) {
        throw refusal("parameter " + Excerpt.of(name) + " comes twice (expected: once)");
      }
    }

    private String quoted(String name) {
      StringBuilder value = new StringBuilder();
      for (at++; at < text.length(); at++) {
        char c = text.charAt(at);
        if (c == '"') {
          at++;
          checkNothingBeforeSemicolon(name);
          return value.toString();
        }
        boolean escape = c == '\\' && at + 1 < text.length();
        if (escape && (text.charAt(at + 1) == '"' || text.charAt(at + 1) == '\\')) {
          at++;
        }
        value.append(text.charAt(at));
      }
      throw refusal("parameter " + Excerpt.of(name) + " has no closing quote (expected: \")");
    }

    private void checkNothingBeforeSemicolon(String name) {
      if (!until(";").isEmpty()) {
        throw refusal(
            "parameter " + Excerpt.of(name) + " goes on after its closing quote (expected: ;)");
      }
    }

    /** The text up to one of the given characters or the end, without blanks around it. */
    private String until(String ends) {
      int from = at;
      while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(from, at).strip();
    }

    private void skipBlanks() {
      while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
        at++;
      }
    }

    private ServingException refusal(String fault) {
      return new ServingException(ErrorCode.BAD_REQUEST, where + ": " + fault);
    }
  }
}
