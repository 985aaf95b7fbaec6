package dev.sconce.logs;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** What is written to one log while this is open; it goes nowhere else. */
public final class LogLines implements AutoCloseable {
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger;
  private final Level before;

  /** Listens to one class. */
  public LogLines(Class<?> source) {
    this(source.getName());
  }

  /** Listens to one log. */
  public LogLines(String name) {
    logger = (Logger) LoggerFactory.getLogger(name);
    before = logger.getLevel();
    logger.setLevel(Level.DEBUG);
    logger.setAdditive(false);
    lines.start();
    logger.addAppender(lines);
  }

  /** Level and message of each, and whose stack trace it shows. */
  public List<String> lines() {
    return List.copyOf(lines.list).stream()
        .map(event -> event.getLevel() + " " + event.getFormattedMessage() + thrown(event))
        .toList();
  }

  private static String thrown(ILoggingEvent event) {
    return Optional.ofNullable(event.getThrowableProxy())
        .map(throwable -> " with the stack of " + throwable.getClassName())
        .orElse("");
  }

  /** The message of each. */
  public List<String> texts() {
    return List.copyOf(lines.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Override
  public void close() {
    logger.detachAppender(lines);
    logger.setAdditive(true);
    logger.setLevel(before);
  }
}
