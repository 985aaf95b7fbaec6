package dev.sconce.api;

import dev.sconce.http.AccessListener;
import dev.sconce.http.Request;
import dev.sconce.metrics.Counter;
import dev.sconce.metrics.Family;
import dev.sconce.metrics.MetricRegistry;
import java.time.Duration;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts every answer and writes it into the access log, in TorchServe's words: {@code
 * /127.0.0.1:34440 "POST /models?url=echo.mar HTTP/1.1" 200 1570} with milliseconds at the end.
 * Pings are counted, not logged: load balancers send them all day.
 */
public final class AccessRecorder implements AccessListener {
  private static final Logger log = LoggerFactory.getLogger("ACCESS_LOG");

  /**
   * A URL with a query of its own, which often is a signature that opens doors, or with a user; and
   * all that follows.
   */
  private static final Pattern SECRETS =
      Pattern.compile("((?:^|&)url=)[^&]*(?:[?@]|%3F|%40).*", Pattern.CASE_INSENSITIVE);

  private final String host;
  private final Family<Counter> requests2xx;
  private final Family<Counter> requests4xx;
  private final Family<Counter> requests5xx;

  /** Adds the three counters to {@code registry}. */
  public AccessRecorder(MetricRegistry registry, String host) {
    this.host = host;
    requests2xx = registry.torchServeCounter("Requests2XX", "Count", "Level", "Hostname");
    requests4xx = registry.torchServeCounter("Requests4XX", "Count", "Level", "Hostname");
    requests5xx = registry.torchServeCounter("Requests5XX", "Count", "Level", "Hostname");
  }

  @Override
  public void answered(Request request, int status, Duration took) {
    counter(status).with("Host", host).add(1);
    if (!request.path().equals("/ping")) {
      log.info(
          "{} \"{} {} {}\" {} {}",
          request.remoteAddress(),
          request.method(),
          request.query().isEmpty()
              ? request.path()
              : request.path() + "?" + SECRETS.matcher(request.query()).replaceFirst("$1..."),
          request.protocol(),
          status,
          took.toMillis());
    }
  }

  /** As TorchServe sorts them: what is neither 2xx nor 4xx counts as 5xx. */
  private Family<Counter> counter(int status) {
    return switch (status / 100) {
      case 2 -> requests2xx;
      case 4 -> requests4xx;
      default -> requests5xx;
    };
  }
}
