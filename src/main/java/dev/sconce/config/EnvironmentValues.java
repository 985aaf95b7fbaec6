package dev.sconce.config;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the environment says of the configuration, as in TorchServe ({@code ConfigManager.java}):
 * {@code $$NAME$$} in a value of the file, and variables that stand in for keys.
 *
 * @param variables all there are
 */
record EnvironmentValues(Map<String, String> variables) {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\$([^$]+)\\$\\$");

  /** The one key whose variable is called otherwise in TorchServe. */
  private static final Map<String, String> OTHER_NAMES =
      Map.of("token_expiration_min", "TS_TOKEN_EXPIRATION_TIME_MIN");

  EnvironmentValues {
    variables = Map.copyOf(variables);
  }

  /** The file to read, whatever the command line says. */
  Optional<String> configFile() {
    return variable("TS_CONFIG_FILE").filter(file -> !file.isBlank());
  }

  /**
   * A variable and its value.
   *
   * @param name the variable
   */
  record Variable(String name, String value) {}

  /** What stands in for a key: {@code TS_JOB_QUEUE_SIZE} for {@code job_queue_size}. */
  Optional<Variable> override(String key) {
    String upper = key.toUpperCase(Locale.ROOT);
    return Optional.ofNullable(OTHER_NAMES.get(key))
        .flatMap(this::named)
        .or(() -> named(upper.startsWith("TS_") ? upper : "TS_" + upper));
  }

  private Optional<Variable> named(String name) {
    return variable(name).map(value -> new Variable(name, value));
  }

  /** A value with every {@code $$NAME$$} replaced; {@code unset} is told of names without value. */
  String resolved(String value, BiConsumer<String, String> unset) {
    return REFERENCE.matcher(value).replaceAll(found -> replacement(found, value, unset));
  }

  private String replacement(MatchResult found, String value, BiConsumer<String, String> unset) {
    String name = found.group(1);
    Optional<String> variable = variable(name);
    if (variable.isEmpty()) {
      unset.accept(value, name);
    }
    return Matcher.quoteReplacement(variable.orElse(""));
  }

  /** One variable. */
  Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name));
  }
}
