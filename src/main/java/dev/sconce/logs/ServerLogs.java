package dev.sconce.logs;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeAndTimeBasedRollingPolicy;
import ch.qos.logback.core.util.FileSize;
import dev.sconce.error.ErrorCode;
import dev.sconce.error.ServingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.slf4j.LoggerFactory;

/**
 * The running server's log: standard output and five files, each with TorchServe's name and layout,
 * rolled at 100 MB and at midnight, five days and 500 MB kept.
 *
 * <p>Every file is written on a thread of its own from a bounded queue. If a disk or a terminal
 * cannot follow, lines are lost rather than requests held up: event loops write here. How many is
 * logged.
 *
 * <p>Levels are those of {@code logback.xml}, which is also what holds before this is opened.
 */
public final class ServerLogs implements AutoCloseable {
  private static final org.slf4j.Logger log = LoggerFactory.getLogger(ServerLogs.class);

  private static final String TIME = "%d{\"yyyy-MM-dd'T'HH:mm:ss,SSS\"}";
  private static final String LINE = TIME + " [%-5level] %thread %logger - %msg%n";
  private static final String BARE_LINE = TIME + " - %msg%n";

  private static final FileSize LARGEST_FILE = new FileSize(100 * FileSize.MB_COEFFICIENT);
  private static final int KEPT = 5;
  private static final int QUEUE = 8192;

  private final LoggerContext context;
  private final LogFormat format;
  private final FileSize largestFile;

  /** Directories in which some file could not be opened. */
  private final Set<Path> unwritable = new TreeSet<>();

  private ServerLogs(LoggerContext context, LogFormat format, FileSize largestFile) {
    this.context = context;
    this.format = format;
    this.largestFile = largestFile;
  }

  /**
   * Opens the log of this process. A directory that cannot be written is warned of, once.
   *
   * @throws ServingException {@code INVALID_CONFIGURATION} if there is a Logback configuration that
   *     cannot be read
   */
  public static ServerLogs open(LogSettings settings) {
    return open((LoggerContext) LoggerFactory.getILoggerFactory(), settings, LARGEST_FILE);
  }

  static ServerLogs open(LoggerContext context, LogSettings settings, FileSize largestFile) {
    ServerLogs logs = new ServerLogs(context, settings.format(), largestFile);
    if (settings.configFile().isEmpty() || !logs.configure(settings.configFile().get())) {
      logs.addConsole();
      settings.level().ifPresent(logs::setLevel);
      settings.logs().ifPresent(logs::addFiles);
      settings.metrics().ifPresent(logs::addMetrics);
      logs.warnOfUnwritable();
    }
    return logs;
  }

  /** Whether the file was Logback's; TorchServe's users have Log4j's. */
  private boolean configure(Path file) {
    try {
      String text = Files.readString(file);
      if (text.contains("<Configuration")) {
        log.warn(
            "--log-config: {} is written for Log4j (expected: Logback's form); not used", file);
        return false;
      }
      context.reset();
      JoranConfigurator configurator = new JoranConfigurator();
      configurator.setContext(context);
      configurator.doConfigure(file.toFile());
      return true;
    } catch (IOException | JoranException e) {
      throw new ServingException(
          ErrorCode.INVALID_CONFIGURATION,
          "--log-config: " + file + " (expected: a Logback configuration): " + e.getMessage(),
          e);
    }
  }

  private void addConsole() {
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    start(console, LINE);
    root.addAppender(queued("console", console, event -> true));
  }

  private void setLevel(LogLevel level) {
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.valueOf(level.name()));
  }

  private void addFiles(Path logs) {
    addFile(Logger.ROOT_LOGGER_NAME, logs, "ts_log", LINE, LineFilter::isServers);
    addFile(Logger.ROOT_LOGGER_NAME, logs, "model_log", LINE, LineFilter::isHandlers);
    addFile(LineFilter.ACCESS_LOG, logs, "access_log", BARE_LINE, event -> true);
  }

  private void addMetrics(Path metrics) {
    addMetrics("TS_METRICS", metrics, "ts_metrics");
    addMetrics("MODEL_METRICS", metrics, "model_metrics");
  }

  private void warnOfUnwritable() {
    if (!unwritable.isEmpty()) {
      log.warn("{} cannot be written: this log is on standard output only", unwritable);
    }
  }

  /** Numbers by the second are for files, not for a terminal. */
  private void addMetrics(String logger, Path directory, String name) {
    if (addFile(logger, directory, name, BARE_LINE, event -> true)) {
      context.getLogger(logger).setAdditive(false);
      context.getLogger(logger).setLevel(Level.INFO);
    }
  }

  private boolean addFile(
      String logger, Path directory, String name, String line, Predicate<ILoggingEvent> wanted) {
    RollingFileAppender<ILoggingEvent> file = new RollingFileAppender<>();
    file.setFile(directory.resolve(name + ".log").toString());
    SizeAndTimeBasedRollingPolicy<ILoggingEvent> rolling = new SizeAndTimeBasedRollingPolicy<>();
    rolling.setContext(context);
    rolling.setParent(file);
    rolling.setFileNamePattern(directory.resolve(name + ".%d{yyyy-MM-dd}.%i.log.gz").toString());
    rolling.setMaxFileSize(largestFile);
    rolling.setMaxHistory(KEPT);
    rolling.setTotalSizeCap(new FileSize(KEPT * largestFile.getSize()));
    rolling.start();
    file.setRollingPolicy(rolling);
    start(file, line);
    if (!file.isStarted()) {
      unwritable.add(directory.toAbsolutePath());
      return false;
    }
    context.getLogger(logger).addAppender(queued(name, file, wanted));
    return true;
  }

  private void start(OutputStreamAppender<ILoggingEvent> appender, String line) {
    appender.setContext(context);
    appender.setEncoder(encoder(line));
    appender.start();
  }

  private Encoder<ILoggingEvent> encoder(String line) {
    EncoderBase<ILoggingEvent> encoder = format == LogFormat.JSON ? json() : text(line);
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }

  private static PatternLayoutEncoder text(String line) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setPattern(line);
    return encoder;
  }

  private static JsonEncoder json() {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setWithFormattedMessage(true);
    encoder.setWithMessage(false);
    encoder.setWithArguments(false);
    encoder.setWithContext(false);
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    return encoder;
  }

  private LineQueue queued(
      String name, OutputStreamAppender<ILoggingEvent> appender, Predicate<ILoggingEvent> wanted) {
    LineQueue queue = new LineQueue(context, name, appender, QUEUE);
    queue.addFilter(new LineFilter(wanted));
    queue.start();
    return queue;
  }

  /** Writes what still waits, for up to a second a file, and closes the files. */
  @Override
  public void close() {
    context.stop();
  }
}
