package dev.sconce.config;

import dev.sconce.config.EnvironmentValues.Variable;
import dev.sconce.http.ListenAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads typed values from the text of keys, and collects every fault it meets instead of stopping
 * at the first. Belongs to one thread.
 */
final class KeyReader {
  private static final String UNIX = "unix:";

  /** Linux has 108 bytes for it, the last of them a 0. */
  private static final int LONGEST_SOCKET_PATH = 107;

  /** Stands where a wrong address was, until its fault is told. */
  private static final ListenAddress NOWHERE =
      new ListenAddress(InetSocketAddress.createUnresolved("invalid", 0), false);

  private final Map<String, String> left;

  /** The variables that some keys have their values from. */
  private final Map<String, String> variables = new HashMap<>();

  /** Each once, however often its value is read. */
  private final Set<String> faults = new LinkedHashSet<>();

  private final List<String> warnings = new ArrayList<>();
  private final Set<String> meaningless = new TreeSet<>();

  /** Whether variables of the environment stand in for keys. */
  private final boolean overridden;

  private final EnvironmentValues environment;

  /**
   * A reader of values, the later of these winning over the earlier, as in TorchServe.
   *
   * @param file what the file says
   * @param commandLine what the command line says
   * @param environment gives values of the file their {@code $$NAME$$}, and, with {@code
   *     enable_envvars_config=true}, keys other values
   */
  KeyReader(
      Map<String, String> file, Map<String, String> commandLine, EnvironmentValues environment) {
    this.left = new TreeMap<>();
    this.environment = environment;
    file.forEach(
        (key, value) ->
            left.put(key, environment.resolved(value, (whole, name) -> unset(key, whole, name))));
    left.putAll(commandLine);
    this.overridden = flag("enable_envvars_config", false);
  }

  private void unset(String key, String value, String name) {
    fault(key, value, "the environment has " + name);
  }

  /** What was wrong, each naming key, value and what was expected. */
  Set<String> faults() {
    return faults;
  }

  /** The keys nobody asked for, some with the reason why they mean nothing here. */
  List<String> unused() {
    return Stream.concat(meaningless.stream(), left.keySet().stream()).sorted().toList();
  }

  /** A key that means nothing here, and why; told only where it is set. */
  void meaningless(String key, String why) {
    if (text(key).isPresent()) {
      meaningless.add(key + " (" + why + ")");
    }
  }

  /** Says what is wrong with a key's value, in the name of the variable that it is from, if any. */
  void fault(String key, String value, String expected) {
    String name = variables.getOrDefault(key, key);
    faults.add(name + ": " + value + " (expected: " + expected + ")");
  }

  /** Says what is no fault, but may not be what was meant. */
  void warn(String text) {
    warnings.add(text);
  }

  /** What may not be what was meant. */
  List<String> warnings() {
    return warnings;
  }

  /** Has a variable stand in for what is said of a key; the key's own variable still wins. */
  void standIn(String key, String variable, String value) {
    left.put(key, value);
    variables.put(key, variable);
  }

  Optional<String> text(String key) {
    return text(key, overridden);
  }

  /** What a key says, the environment being asked only if {@code replaceable}. */
  private Optional<String> text(String key, boolean replaceable) {
    Optional<String> given = Optional.ofNullable(left.remove(key));
    Optional<Variable> other = replaceable ? environment.override(key) : Optional.empty();
    other.ifPresent(variable -> variables.put(key, variable.name()));
    return other
        .map(Variable::value)
        .or(() -> given)
        .map(String::strip)
        .filter(text -> !text.isEmpty());
  }

  /** The value of a key that the environment stands in for only if a second key says so, too. */
  Optional<String> textUnlessKept(String key, String permission) {
    boolean permitted = flag(permission, text(permission, false)).orElse(false);
    return text(key, overridden && permitted);
  }

  /** A variable of the environment that is no key's. */
  Optional<String> variable(String name) {
    return environment.variable(name).map(String::strip).filter(value -> !value.isEmpty());
  }

  int integer(String key, int fallback, int least) {
    return optionalInteger(key, least).orElse(fallback);
  }

  OptionalInt optionalInteger(String key, int least) {
    return optionalInteger(key, least, Integer.MAX_VALUE);
  }

  OptionalInt optionalInteger(String key, int least, int most) {
    OptionalLong value = optionalLong(key, least, most);
    return value.isPresent()
        ? OptionalInt.of(Math.toIntExact(value.getAsLong()))
        : OptionalInt.empty();
  }

  OptionalLong optionalLong(String key, long least, long most) {
    return whole(key, text(key).orElse(null), least, most);
  }

  /** The whole number that a variable of the environment says which is no key's. */
  OptionalInt variableInteger(String name, int least, int most) {
    OptionalLong value = whole(name, variable(name).orElse(null), least, most);
    return value.isPresent() ? OptionalInt.of((int) value.getAsLong()) : OptionalInt.empty();
  }

  private OptionalLong whole(String key, @Nullable String text, long least, long most) {
    if (text == null) {
      return OptionalLong.empty();
    }
    try {
      long value = Long.parseLong(text);
      if (value >= least && value <= most) {
        return OptionalLong.of(value);
      }
    } catch (NumberFormatException e) {
      // reported below, as a number out of bounds is
    }
    fault(
        key,
        text,
        most >= Integer.MAX_VALUE
            ? "a whole number >= " + least
            : "a whole number from " + least + " to " + most);
    return OptionalLong.empty();
  }

  Duration seconds(String key, Duration fallback) {
    return Duration.ofSeconds(integer(key, Math.toIntExact(fallback.toSeconds()), 1));
  }

  boolean flag(String key, boolean fallback) {
    return optionalFlag(key).orElse(fallback);
  }

  Optional<Boolean> optionalFlag(String key) {
    return flag(key, text(key));
  }

  private Optional<Boolean> flag(String key, Optional<String> text) {
    text.filter(value -> !isFlag(value)).ifPresent(value -> fault(key, value, "true or false"));
    return text.map("true"::equalsIgnoreCase);
  }

  private static boolean isFlag(String text) {
    return text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false");
  }

  Optional<Path> path(String key) {
    @Nullable String text = text(key).orElse(null);
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException e) {
      fault(key, text, "a path");
      return Optional.empty();
    }
  }

  /**
   * An address as TorchServe writes it; without a port, the port that it takes then, with http and
   * with https.
   */
  ListenAddress address(String key, String fallback, int plainPort, int tlsPort) {
    String text = text(key).orElse(fallback);
    Optional<ListenAddress> address =
        text.startsWith(UNIX)
            ? unixAddress(text.substring(UNIX.length()))
            : tcpAddress(text, plainPort, tlsPort);
    if (address.isEmpty()) {
      fault(
          key,
          text,
          "http://host:port, https://host:port, or unix:path with a path of at most "
              + LONGEST_SOCKET_PATH
              + " bytes");
    }
    return address.orElse(NOWHERE);
  }

  private static Optional<ListenAddress> unixAddress(String path) {
    if (path.isEmpty() || path.getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET_PATH) {
      return Optional.empty();
    }
    try {
      return Optional.of(new ListenAddress(UnixDomainSocketAddress.of(path), false));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static Optional<ListenAddress> tcpAddress(String text, int plainPort, int tlsPort) {
    try {
      URI uri = new URI(text);
      boolean tls = "https".equals(uri.getScheme());
      int port = uri.getPort() >= 0 ? uri.getPort() : tls ? tlsPort : plainPort;
      boolean sound = (tls || "http".equals(uri.getScheme())) && uri.getHost() != null;
      if (sound && uri.getPath().length() <= 1 && port <= 65_535) {
        String host = uri.getHost().replaceAll("^\\[|]$", "");
        return Optional.of(new ListenAddress(new InetSocketAddress(host, port), tls));
      }
    } catch (URISyntaxException e) {
      // told by the caller, as all else that is no address
    }
    return Optional.empty();
  }
}
