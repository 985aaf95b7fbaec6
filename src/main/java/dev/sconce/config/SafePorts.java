package dev.sconce.config;

import dev.sconce.http.ListenAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ports that SageMaker lets a container open which shares its machine with others: {@code
 * SAGEMAKER_SAFE_PORT_RANGE}, and the one that SageMaker calls, which need not lie in that range.
 *
 * @param first the first port of the range
 * @param last the last one
 * @param called {@code SAGEMAKER_BIND_TO_PORT}, else 8080
 */
record SafePorts(int first, int last, int called) {
  private static final String VARIABLE = "SAGEMAKER_SAFE_PORT_RANGE";
  private static final Pattern RANGE = Pattern.compile("(\\d{1,5})\\s*-\\s*(\\d{1,5})");
  private static final int HIGHEST = 65_535;

  /** The range, if there is one. */
  static Optional<SafePorts> read(KeyReader keys) {
    Optional<String> text = keys.variable(VARIABLE);
    Optional<SafePorts> ports = text.flatMap(value -> parse(value, called(keys)));
    if (ports.isEmpty()) {
      text.ifPresent(
          value -> keys.fault(VARIABLE, value, "two ports, the lower one first: 9000-9999"));
    }
    return ports;
  }

  private static int called(KeyReader keys) {
    return keys.variable("SAGEMAKER_BIND_TO_PORT")
        .filter(port -> port.matches("\\d{1,5}"))
        .map(Integer::valueOf)
        .filter(port -> port >= 1 && port <= HIGHEST)
        .orElse(8080);
  }

  private static Optional<SafePorts> parse(String text, int called) {
    Matcher matcher = RANGE.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int first = Integer.parseInt(matcher.group(1));
    int last = Integer.parseInt(matcher.group(2));
    boolean sound = first >= 1 && first <= last && last <= HIGHEST;
    return sound ? Optional.of(new SafePorts(first, last, called)) : Optional.empty();
  }

  /** Whether an address may be listened on; a unix socket always may. */
  boolean allow(ListenAddress address) {
    return !(address.socket() instanceof InetSocketAddress inet)
        || inet.getPort() == called
        || (inet.getPort() >= first && inet.getPort() <= last);
  }

  /** For messages. */
  String shown() {
    return VARIABLE + ", " + first + "-" + last;
  }
}
