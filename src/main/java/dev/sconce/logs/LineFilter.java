package dev.sconce.logs;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Lets through what one file is for. */
final class LineFilter extends Filter<ILoggingEvent> {
  static final String ACCESS_LOG = "ACCESS_LOG";

  /** The names of workers' threads, as in {@code W-9000-siamese_1.0}. */
  private static final Pattern WORKER = Pattern.compile("W-\\d+-.*");

  private final Predicate<ILoggingEvent> wanted;

  LineFilter(Predicate<ILoggingEvent> wanted) {
    this.wanted = wanted;
  }

  @Override
  public FilterReply decide(ILoggingEvent event) {
    return wanted.test(event) ? FilterReply.NEUTRAL : FilterReply.DENY;
  }

  /** Whether a handler wrote it: on a worker's thread, and not with a class of the server's. */
  static boolean isHandlers(ILoggingEvent event) {
    String logger = event.getLoggerName();
    return WORKER.matcher(event.getThreadName()).matches()
        && !logger.startsWith("dev.sconce.")
        && !logger.startsWith("ai.djl.");
  }

  /** Whether it belongs into the server's own log: neither a handler's nor the access log's. */
  static boolean isServers(ILoggingEvent event) {
    return !event.getLoggerName().equals(ACCESS_LOG) && !isHandlers(event);
  }
}
